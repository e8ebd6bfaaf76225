# shellcheck shell=bash
# What the scripts share that train models and let attackers at them; sourced after `out` is set to an existing folder.
# Models, keys and grids lie in $out/models and $out/grids. What is done is skipped, what was killed goes on.

wardlock=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)/../wardlock
mkdir -p -- "$out/models"

# Whoever kills a script may leave its command at work, which keeps the lock: two in a folder would spoil it. A script that
# another calls for the same folder has the other's.
if [[ ${WARDLOCK_LOCKED:-} != "$out" ]] && command -v flock >/dev/null; then
  exec 8>"$out/lock"
  if ! flock -n 8; then
    echo "${0##*/}: something is at work in $out: wait for it, or end it" >&2
    exit 2
  fi
  export WARDLOCK_LOCKED=$out
fi

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

# timed FILE COMMAND...: FILE counts the seconds that all calls took together. It is renewed every two seconds, so that
# whatever kills this shell or the machine takes no more than those.
timed() {
  local file=$1 shell=$BASHPID begin=$SECONDS before=0 ticker status=0
  shift
  [[ ! -s $file ]] || before=$(<"$file")
  write_seconds "$file" "$before"
  while sleep 2 && kill -0 "$shell"; do
    write_seconds "$file" $((before + SECONDS - begin))
  done &>/dev/null 8>&- &
  ticker=$!
  "$@" || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  write_seconds "$file" $((before + SECONDS - begin))
  return "$status"
}

write_seconds() {
  local part=$1.part$BASHPID
  echo "$2" >"$part"
  mv -- "$part" "$1"
}

# train NAME KEY OPTION...: unless it is done; without a key where KEY is empty. NAME.json holds the answer, NAME.seconds
# what all calls took together; where a model is there without it, nobody knows, and nothing is written.
train() {
  local name=$1 key=$2 folder=$out/models/$1 clock=() again=()
  shift 2
  if is_trained "$name"; then
    [[ ! -s $folder.json ]] || return 0
  else
    clock=(timed "$folder.seconds")
  fi
  [[ ! -e $folder/config.json ]] || again=(--resume)
  "${clock[@]}" "$wardlock" train --out "$folder" --json "$folder.json" ${key:+--key "$out/models/$key.p12"} "$@" "${again[@]}"
}

# encrypted NAME KEY OPTION...: the twin behind a key of the model that the options name, made without training.
encrypted() {
  local folder=$out/models/$1 key=$2
  shift 2
  [[ ! -e $folder/config.json ]] || return 0
  rm -rf -- "$folder"
  "$wardlock" encrypt-model "$@" --key "$out/models/$key.p12" --out "$folder"
}

# grid NAME OPTION...: rows of attackers at a model; more of them may be asked for later.
grid() {
  local name=$1
  shift
  ! is_trained "$name" || grid_in "$name" --model "$out/models/$name" "$@"
}

# grid_in NAME OPTION...: the same, the model among the options.
grid_in() {
  local folder=$out/grids/$1 again=()
  shift
  mkdir -p -- "$out/grids"
  [[ ! -e $folder/config.json ]] || again=(--resume)
  "$wardlock" threat --out "$folder" "$@" "${again[@]}"
}

# convmixer NAME KEY DATA EPOCHS SEED OPTION...: the network from scratch that most experiments on CIFAR-10 begin with.
convmixer() {
  local name=$1 key=$2 pictures_of=$3 epochs=$4 seed=$5
  shift 5
  train "$name" "$key" --model convmixer-128-4-k5-p2 --data "$pictures_of" --epochs "$epochs" --seed "$seed" --batch 128 \
    --lr 0.01 --schedule onecycle --augment flip,crop --clip 1 --weight-decay 0.05 "$@"
}
