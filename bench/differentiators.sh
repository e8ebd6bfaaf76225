#!/usr/bin/env bash
# Measures what docs/results.md says of differentiators beside a student of DeiT-Tiny, on the student and the pictures
# that bench/mimic.sh leaves:
#   bench/differentiators.sh WEIGHTS DATA OUT
# with its three arguments. What is done is skipped and what was killed goes on. Choose by
#   WARDLOCK_DIFFERENTIATORS_STUDENT (head), WARDLOCK_DIFFERENTIATORS_KINDS (pairwise one-vs-rest)
#   WARDLOCK_DIFFERENTIATORS_PRUNE (0.1,0.3,0.5,0.7,0.9)
#   WARDLOCK_DIFFERENTIATORS_ADAPTIVE (0.5): the ratios that an attacker who has the differentiators is let at; empty for none
#   WARDLOCK_DIFFERENTIATORS_PICTURES (30), WARDLOCK_DIFFERENTIATORS_PAIRS (10): how many of that attacker's are made
set -euo pipefail

if (($# != 3)); then
  sed -n '2,10s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
weights=$(realpath -- "$1")
data=folder:$(cd -- "$2" && pwd)
out=$(cd -- "$3" && pwd)
name=${WARDLOCK_DIFFERENTIATORS_STUDENT:-head}
kinds=${WARDLOCK_DIFFERENTIATORS_KINDS:-pairwise one-vs-rest}
ratios=${WARDLOCK_DIFFERENTIATORS_PRUNE:-0.1,0.3,0.5,0.7,0.9}
adaptive=${WARDLOCK_DIFFERENTIATORS_ADAPTIVE-0.5}
pictures=${WARDLOCK_DIFFERENTIATORS_PICTURES:-30}
pairs=${WARDLOCK_DIFFERENTIATORS_PAIRS:-10}

source "$here/experiments.sh"

if ! is_trained "$name"; then
  echo "bench/differentiators.sh: no student in $out/models/$name: run bench/mimic.sh first" >&2
  exit 2
fi
student=(--student "$out/models/$name" --data "$data")
[[ -s $out/models/$name/model.safetensors ]] || student+=(--weights "$weights")
mkdir -p -- "$out/differentiators"

# call COMMAND FOLDER OPTION...: begun, or gone on with.
call() {
  local command=$1 folder=$2 again=()
  shift 2
  [[ ! -e $folder/config.json ]] || again=(--resume)
  "$wardlock" differentiators "$command" "${student[@]}" --out "$folder" "$@" "${again[@]}"
}

for kind in $kinds; do
  folder=$out/differentiators/$name-$kind
  echo "== $kind differentiators of $name"
  call train "$folder" --kind "$kind" --prune "$ratios"
  shown=()
  for mimicked in "$out/mimicked/$name"-block*; do
    [[ ! -s $mimicked/mimic.json ]] || shown+=(--pictures "$mimicked")
  done
  "$wardlock" differentiators evaluate "${student[@]}" --differentiators "$folder" --validate 1,5 --vote all,majority \
    "${shown[@]}" --json "$folder.json"
  for ratio in ${adaptive//,/ }; do
    set=(--differentiators "$folder/prune-$ratio" --validate 5 --vote "all,majority")
    echo "== an attacker who has the differentiators pruned by $ratio"
    call attack "$folder-apgd-$ratio" "${set[@]}" --eps 2/255 --steps 40 --limit "$pictures"
    call mimic "$folder-mimic-$ratio" "${set[@]}" --cutoff block12 --dssim 0.003 --pairs "$pairs"
  done
done
