#!/usr/bin/env bash
# Measures what docs/results.md says of differentiators beside a student of DeiT-Tiny, on the student and the pictures
# that bench/mimic.sh leaves, and prints the tables:
#   bench/differentiators.sh WEIGHTS DATA OUT
# with its three arguments. What is done is skipped and what was killed goes on. Choose by
#   WARDLOCK_DIFFERENTIATORS_STUDENT (head)
#   WARDLOCK_DIFFERENTIATORS_PAIRWISE (0.1,0.3,0.5,0.7,0.9), WARDLOCK_DIFFERENTIATORS_REST (0.5), WARDLOCK_DIFFERENTIATORS_TUNED
#     (0.5): pruning ratios of pairwise ones, of one-vs-rest, and of pairwise ones whose biases and norms are tuned, too (twice
#     over their pictures); empty for none
#   WARDLOCK_DIFFERENTIATORS_ADAPTIVE (pairwise/prune-0.5 pairwise/prune-0.9 one-vs-rest/prune-0.5): the sets that an
#     attacker who has the differentiators is let at; empty for none
#   WARDLOCK_DIFFERENTIATORS_PICTURES (30) and WARDLOCK_DIFFERENTIATORS_STEPS (100) of that attacker's targeted APGD,
#   WARDLOCK_DIFFERENTIATORS_PAIRS (20) and WARDLOCK_DIFFERENTIATORS_MIMIC_STEPS (300) of that attacker's mimicry
#     within 0.003, of the first of the pairs that bench/mimic.sh has, with as many steps
# where what is chosen otherwise later wants a new OUT, as a run goes on with the options that it began with.
# Six or seven networks make a step of that attacker's. Both attacks leave a picture alone once it is accepted; where they never
# succeed a set takes up to 50 minutes on two idle cores, training and evaluation of all sets half an hour to an hour.
set -euo pipefail

if (($# != 3)); then
  sed -n '2,19s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
weights=$(realpath -- "$1")
data=folder:$(cd -- "$2" && pwd)
out=$(cd -- "$3" && pwd)
name=${WARDLOCK_DIFFERENTIATORS_STUDENT:-head}

source "$here/experiments.sh"

if ! is_trained "$name"; then
  echo "bench/differentiators.sh: no student in $out/models/$name: run bench/mimic.sh first" >&2
  exit 2
fi
student=(--student "$out/models/$name" --data "$data")
[[ -s $out/models/$name/model.safetensors ]] || student+=(--weights "$weights")
mkdir -p -- "$out/differentiators"

# Made without the defence; which they are decides whether an evaluation is up to date.
shown=()
which=
for mimicked in "$out/mimicked/$name"-*; do
  if [[ -s $mimicked/mimic.json ]]; then
    shown+=(--pictures "$mimicked")
    which+=$(cd -- "$out/mimicked" && sha256sum -- "${mimicked##*/}"/dssim-*/records.csv)$'\n'
  fi
done

# call COMMAND FOLDER OPTION...: begun, or gone on with.
call() {
  local command=$1 folder=$2 again=()
  shift 2
  [[ ! -e $folder/config.json ]] || again=(--resume)
  "$wardlock" differentiators "$command" "${student[@]}" --out "$folder" "$@" "${again[@]}"
}

# is_whole FOLDER RATIOS: whether sets of all these ratios are trained.
is_whole() {
  local folder=$1 ratio
  [[ -s $folder/differentiators-train.json ]] || return 1
  for ratio in ${2//,/ }; do
    [[ -d $folder/prune-$ratio ]] || return 1
  done
}

# evaluated SET: of each pruning ratio by itself, so that a kill loses one.
evaluated() {
  local folder=$out/differentiators/$name-$1 ratio
  mkdir -p -- "$folder.evaluated"
  for ratio in "$folder"/prune-*; do
    local answer=$folder.evaluated/${ratio##*/}.json
    if [[ -s $answer && -e $answer.shown && $(<"$answer.shown") == "${which%$'\n'}" ]]; then
      continue
    fi
    rm -f -- "$answer"
    printf '%s' "$which" >"$answer.shown"
    "$wardlock" differentiators evaluate "${student[@]}" --differentiators "$ratio" --validate 1,5 --vote all,majority \
      "${shown[@]}" --json "$answer"
  done
}

# measured SET RATIOS OPTION...: trained and evaluated; nothing where there are no ratios.
measured() {
  local set=$1 ratios=$2 folder=$out/differentiators/$name-$1
  shift 2
  [[ -n $ratios ]] || return 0
  echo "== differentiators of $name: $set"
  is_whole "$folder" "$ratios" || call train "$folder" --prune "$ratios" "$@"
  evaluated "$set"
}

measured pairwise "${WARDLOCK_DIFFERENTIATORS_PAIRWISE-0.1,0.3,0.5,0.7,0.9}"
measured one-vs-rest "${WARDLOCK_DIFFERENTIATORS_REST-0.5}" --kind one-vs-rest
measured tuned "${WARDLOCK_DIFFERENTIATORS_TUNED-0.5}" --tune biases --epochs 2 --batch 8 --lr 0.001

# of those that are trained
default=
for set in pairwise/prune-0.5 pairwise/prune-0.9 one-vs-rest/prune-0.5; do
  [[ ! -d $out/differentiators/$name-$set ]] || default+=${default:+ }$set
done
adaptive=${WARDLOCK_DIFFERENTIATORS_ADAPTIVE-$default}

# All sets in one call, so that the student alone is attacked once.
if [[ -n $adaptive ]]; then
  sets=
  for set in $adaptive; do
    sets+=${sets:+,}$out/differentiators/$name-$set
  done
  asked=(--differentiators "$sets" --validate 5 --vote "all,majority")
  echo "== an attacker who has the differentiators"
  call attack "$out/differentiators/$name-attack" "${asked[@]}" --eps 2/255 \
    --steps "${WARDLOCK_DIFFERENTIATORS_STEPS:-100}" --limit "${WARDLOCK_DIFFERENTIATORS_PICTURES:-30}"
  call mimic "$out/differentiators/$name-mimic" "${asked[@]}" --cutoff embedding --dssim 0.003 --stop-when-accepted \
    --steps "${WARDLOCK_DIFFERENTIATORS_MIMIC_STEPS:-300}" --pairs "${WARDLOCK_DIFFERENTIATORS_PAIRS:-20}"
fi

python3 "$here/differentiators_table.py" "$out" | tee "$out/differentiators.md"
