#!/usr/bin/env bash
# Measures what docs/results.md says of keyed models on CIFAR-10: trains the models that are missing, runs the grid of
# attackers on each, and prints the table.
#   bench/results.sh DATA OUT [PICTURES]
# DATA holds the official binary files; OUT keeps models, keys, their password and all records. What is done is skipped
# and what was killed goes on, so the same call may be made again at any time. PICTURES (500) are attacked at linf 8/255.
# WARDLOCK_RESULTS_MODELS (plain shuffle4 negate4 both4 ffx4), WARDLOCK_RESULTS_ROWS (all; letters or names with commas)
# and WARDLOCK_RESULTS_THREAT (further options of the command threat) choose less or more; WARDLOCK_RESULTS_TRAIN=no
# trains nothing, and rows that want what is missing say so. With WARDLOCK_RESULTS_WEIGHTS, the file of DeiT-Tiny's
# published weights, bench/finetuned.sh goes on with the models that are fine-tuned from it, in OUT/finetuned.
set -euo pipefail

if (($# < 2 || $# > 3)); then
  sed -n '2,11s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
data=cifar10:$(cd -- "$1" && pwd)
mkdir -p -- "$2"
out=$(cd -- "$2" && pwd)
pictures=${3:-500}
models=${WARDLOCK_RESULTS_MODELS:-plain shuffle4 negate4 both4 ffx4}
rows=${WARDLOCK_RESULTS_ROWS:-}
read -ra more <<<"${WARDLOCK_RESULTS_THREAT:-}"
source "$here/experiments.sh"

# from_scratch NAME EPOCHS SEED [KEY]
from_scratch() {
  [[ ${WARDLOCK_RESULTS_TRAIN:-yes} != no ]] || return 0
  convmixer "$1" "${4:-}" "$data" "$2" "$3"
}

block_key() {
  [[ ${WARDLOCK_RESULTS_TRAIN:-yes} != no ]] || return 0
  key "$1" "$2" 4
}

transform() {
  case $1 in
    both4) echo shuffle+negate ;;
    *) echo "${1%4}" ;;
  esac
}

# attackers NAME: all rows for which there are means.
attackers() {
  local name=$1 options=()
  if [[ $name == plain ]]; then
    ! is_trained plain-own || options+=(--base "$out/models/plain-own")
  else
    options+=(--key "$out/models/$name.p12")
    ! is_trained plain || options+=(--base "$out/models/plain")
    ! is_trained "$name-own" ||
      options+=(--surrogate "$out/models/$name-own" --surrogate-key "$out/models/$name-own.p12")
    ! is_trained "$name-twin" || options+=(--reused "$out/models/$name-twin")
  fi
  [[ -z $rows ]] || options+=(--rows "$rows")
  grid "$name" --data "$data" --split test --limit "$pictures" --eps 8/255 "${options[@]}" "${more[@]}"
}

for name in $models; do
  if [[ $name == plain ]]; then
    from_scratch plain 5 0
    from_scratch plain-own 2 1
  else
    block_key "$name" "$(transform "$name")"
    block_key "$name-own" "$(transform "$name")"
    from_scratch plain 5 0
    from_scratch "$name" 5 0 "$name"
    from_scratch "$name-own" 2 1 "$name-own"
    from_scratch "$name-twin" 2 2 "$name"
  fi
done
for name in $models; do
  attackers "$name"
done
read -ra named <<<"$models"
python3 "$here/results_table.py" "$out/grids" "${named[@]}" | tee "$out/table.md"
if [[ -n ${WARDLOCK_RESULTS_WEIGHTS:-} ]]; then
  "$here/finetuned.sh" "$WARDLOCK_RESULTS_WEIGHTS" "$1" "$out/finetuned"
fi
