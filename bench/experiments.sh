# shellcheck shell=bash
# What the scripts share that train models and let attackers at them; sourced after `out` is set to an existing folder.
# Models, keys and grids lie in $out/models and $out/grids. What is done is skipped, what was killed goes on.

wardlock=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)/../wardlock
mkdir -p -- "$out/models"

# Experiments' keys guard nothing; still, no key file is without a password.
if [[ -z ${WARDLOCK_PASSWORD:-} ]]; then
  if [[ ! -s $out/password ]]; then
    (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$out/password")
  fi
  WARDLOCK_PASSWORD=$(<"$out/password")
fi
export WARDLOCK_PASSWORD

is_trained() {
  [[ -s $out/models/$1/model.safetensors || -s $out/models/$1/adapter.json ]]
}

# key NAME TRANSFORM BLOCK: makes it unless it is there.
key() {
  [[ -s $out/models/$1.p12 ]] || "$wardlock" keygen --transform "$2" --block "$3" --out "$out/models/$1.p12"
}

# train NAME KEY OPTION...: unless it is done; without a key where KEY is empty. NAME.json holds the answer, NAME.seconds
# what all calls took together.
train() {
  local name=$1 key=$2 folder=$out/models/$1 again=() begin=$SECONDS before=0
  shift 2
  ! is_trained "$name" || return 0
  [[ ! -e $folder/config.json ]] || again=(--resume)
  [[ ! -s $folder.seconds ]] || before=$(<"$folder.seconds")
  "$wardlock" train --out "$folder" --json "$folder.json" ${key:+--key "$out/models/$key.p12"} "$@" "${again[@]}"
  echo $((before + SECONDS - begin)) >"$folder.seconds"
}

# grid NAME OPTION...: rows of attackers at a model; more of them may be asked for later.
grid() {
  local name=$1 folder=$out/grids/$1 again=()
  shift
  is_trained "$name" || return 0
  mkdir -p -- "$out/grids"
  [[ ! -e $folder/config.json ]] || again=(--resume)
  "$wardlock" threat --model "$out/models/$name" --out "$folder" "$@" "${again[@]}"
}

# convmixer NAME KEY DATA EPOCHS SEED OPTION...: the network from scratch that most experiments on CIFAR-10 begin with.
convmixer() {
  local name=$1 key=$2 pictures_of=$3 epochs=$4 seed=$5
  shift 5
  train "$name" "$key" --model convmixer-128-4-k5-p2 --data "$pictures_of" --epochs "$epochs" --seed "$seed" --batch 128 \
    --lr 0.01 --schedule onecycle --augment flip,crop --clip 1 --weight-decay 0.05 "$@"
}
