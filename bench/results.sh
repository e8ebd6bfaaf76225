#!/usr/bin/env bash
# Measures what docs/results.md says of keyed models on CIFAR-10: trains the models that are missing, runs the grid of
# attackers on each, and prints the table.
#   bench/results.sh DATA OUT [PICTURES]
# DATA holds the official binary files; OUT keeps models, keys, their password and all records. What is done is skipped
# and what was killed goes on, so the same call may be made again at any time. PICTURES (500) are attacked at linf 8/255.
# WARDLOCK_RESULTS_MODELS (plain shuffle4 negate4 both4 ffx4), WARDLOCK_RESULTS_ROWS (all; letters or names with commas)
# and WARDLOCK_RESULTS_THREAT (further options of the command threat) choose less or more; WARDLOCK_RESULTS_TRAIN=no
# trains nothing, and rows that want what is missing say so.
set -euo pipefail

if (($# < 2 || $# > 3)); then
  sed -n '2,9s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
wardlock=$here/../wardlock
data=cifar10:$(cd -- "$1" && pwd)
mkdir -p -- "$2/models" "$2/grids"
out=$(cd -- "$2" && pwd)
pictures=${3:-500}
models=${WARDLOCK_RESULTS_MODELS:-plain shuffle4 negate4 both4 ffx4}
rows=${WARDLOCK_RESULTS_ROWS:-}
read -ra more <<<"${WARDLOCK_RESULTS_THREAT:-}"

# Experiments' keys guard nothing; still, no key file is without a password.
if [[ -z ${WARDLOCK_PASSWORD:-} ]]; then
  if [[ ! -s $out/password ]]; then
    (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$out/password")
  fi
  WARDLOCK_PASSWORD=$(<"$out/password")
fi
export WARDLOCK_PASSWORD

is_trained() {
  [[ -s $out/models/$1/model.safetensors ]]
}

# key NAME TRANSFORM: makes it unless it is there.
key() {
  [[ ${WARDLOCK_RESULTS_TRAIN:-yes} != no ]] || return 0
  [[ -s $out/models/$1.p12 ]] || "$wardlock" keygen --transform "$2" --block 4 --out "$out/models/$1.p12"
}

# train NAME EPOCHS SEED [KEY]: unless it is done.
train() {
  local folder=$out/models/$1 again=()
  if is_trained "$1" || [[ ${WARDLOCK_RESULTS_TRAIN:-yes} == no ]]; then
    return
  fi
  [[ ! -e $folder/config.json ]] || again=(--resume)
  "$wardlock" train --model convmixer-128-4-k5-p2 --data "$data" --epochs "$2" --seed "$3" --batch 128 --lr 0.01 \
    --schedule onecycle --augment flip,crop --clip 1 --weight-decay 0.05 --out "$folder" \
    ${4:+--key "$out/models/$4.p12"} "${again[@]}"
}

transform() {
  case $1 in
    both4) echo shuffle+negate ;;
    *) echo "${1%4}" ;;
  esac
}

# grid NAME: all rows for which there are means.
grid() {
  local name=$1 folder=$out/grids/$1 options=()
  is_trained "$name" || return 0
  if [[ $name == plain ]]; then
    ! is_trained plain-own || options+=(--base "$out/models/plain-own")
  else
    options+=(--key "$out/models/$name.p12")
    ! is_trained plain || options+=(--base "$out/models/plain")
    ! is_trained "$name-own" ||
      options+=(--surrogate "$out/models/$name-own" --surrogate-key "$out/models/$name-own.p12")
    ! is_trained "$name-twin" || options+=(--reused "$out/models/$name-twin")
  fi
  [[ ! -e $folder/config.json ]] || options+=(--resume)
  [[ -z $rows ]] || options+=(--rows "$rows")
  "$wardlock" threat --model "$out/models/$name" --data "$data" --split test --limit "$pictures" --eps 8/255 \
    --out "$folder" "${options[@]}" "${more[@]}"
}

for name in $models; do
  if [[ $name == plain ]]; then
    train plain 5 0
    train plain-own 2 1
  else
    key "$name" "$(transform "$name")"
    key "$name-own" "$(transform "$name")"
    train plain 5 0
    train "$name" 5 0 "$name"
    train "$name-own" 2 1 "$name-own"
    train "$name-twin" 2 2 "$name"
  fi
done
for name in $models; do
  grid "$name"
done
read -ra named <<<"$models"
python3 "$here/results_table.py" "$out/grids" "${named[@]}" | tee "$out/table.md"
