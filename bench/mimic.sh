#!/usr/bin/env bash
# Measures what docs/results.md says of the mimic attack on students of DeiT-Tiny: trains the students that are missing,
# mimics within budgets of DSSIM, asks whose student it is, and prints the tables.
#   bench/mimic.sh WEIGHTS DATA OUT
# WEIGHTS is the teacher's safetensors file, DATA a folder of pictures (train/CLASS, val/CLASS; at 224 pixels). OUT keeps
# students, keys, their password and all pictures; what is done is skipped and what was killed goes on. Choose by
#   WARDLOCK_MIMIC_STUDENTS (head full keyed), which to train: a new head alone; all weights fine-tuned; patch embedding
#     and head, behind a key
#   WARDLOCK_MIMIC_ATTACKED (the same), which of them to attack
#   WARDLOCK_MIMIC_DSSIM (0.001,0.003,0.01,0.03) and WARDLOCK_MIMIC_PAIRS (50) of the student `head`
#   WARDLOCK_MIMIC_OTHER_DSSIM (0.003,0.03) and WARDLOCK_MIMIC_OTHER_PAIRS (20) of the others
#   WARDLOCK_MIMIC_CUTOFF (embedding), what a head is shown, for all of them
#   WARDLOCK_MIMIC_BLOCK (block12), all tokens of a block, with `head` at the others' budgets and pairs; empty for none
#   WARDLOCK_MIMIC_LONG (10), pairs of `head` at 0.003 that get up to the published 2,000 steps instead of 300; empty for none
#   WARDLOCK_MIMIC_MORE: further options of the command mimic (--targets 5)
# where what is chosen otherwise later wants a new OUT, as a run goes on with the options that it began with.
# A pair takes 300 steps for each budget, and a step a twentieth to a tenth of a second on two cores that are otherwise idle:
# 50 to 100 minutes for head, up to 35 for its 2,000 steps, 10 to 20 for its block and for each other student; to train them
# takes 20.
set -euo pipefail

if (($# != 3)); then
  sed -n '2,21s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
weights=$(realpath -- "$1")
data=folder:$(cd -- "$2" && pwd)
mkdir -p -- "$3/mimicked"
out=$(cd -- "$3" && pwd)
students=${WARDLOCK_MIMIC_STUDENTS:-head full keyed}
attacked=" ${WARDLOCK_MIMIC_ATTACKED-$students} "
cutoff=${WARDLOCK_MIMIC_CUTOFF:-embedding}
block=${WARDLOCK_MIMIC_BLOCK-block12}
long=${WARDLOCK_MIMIC_LONG-10}
few=(--dssim "${WARDLOCK_MIMIC_OTHER_DSSIM:-0.003,0.03}" --pairs "${WARDLOCK_MIMIC_OTHER_PAIRS:-20}")
read -ra more <<<"${WARDLOCK_MIMIC_MORE:-}"
architecture=deit_tiny_patch16_224
teacher=$architecture:$weights

source "$here/experiments.sh"

# student NAME KEY OPTION...: ten passes over the training pictures.
student() {
  local name=$1 guard=$2
  shift 2
  train "$name" "$guard" --model "$architecture" --weights "$weights" --data "$data" --epochs 10 --batch 32 \
    --schedule onecycle --augment flip --clip 1 --weight-decay 0.05 "$@"
}

# mimicked NAME FOLDER CUTOFF OPTION...: the student NAME, into mimicked/NAME-FOLDER.
mimicked() {
  local name=$1 folder=$out/mimicked/$1-$2 layer=$3 again=()
  shift 3
  [[ ! -e $folder/config.json ]] || again=(--resume)
  echo "== ${folder##*/}"
  "$wardlock" mimic --teacher "$teacher" --student "$out/models/$name" --cutoff "$layer" --data "$data" --out "$folder" \
    "$@" "${more[@]}" "${again[@]}"
}

# by_mimicry: the student `head`, in the order in which it matters.
by_mimicry() {
  mimicked head "$cutoff" "$cutoff" --dssim "${WARDLOCK_MIMIC_DSSIM:-0.001,0.003,0.01,0.03}" \
    --pairs "${WARDLOCK_MIMIC_PAIRS:-50}"
  [[ -z $block ]] || mimicked head "$block" "$block" "${few[@]}"
  [[ -z $long ]] || mimicked head "$cutoff-2000" "$cutoff" --dssim 0.003 --pairs "$long" --steps 2000
}

for name in $students; do
  guard=()
  case $name in
    head) student head "" --train head --lr 0.01 ;;
    full) student full "" --lr 0.0005 ;;
    keyed)
      key keyed shuffle 16
      student keyed keyed --train patch-embed,head --lr 0.002
      guard=(--key "$out/models/keyed.p12")
      ;;
    *)
      echo "bench/mimic.sh: student '$name': expected head, full or keyed" >&2
      exit 2
      ;;
  esac
  [[ $attacked == *" $name "* ]] || continue
  case $name in
    head) by_mimicry ;;
    *) mimicked "$name" "$cutoff" "$cutoff" "${few[@]}" "${guard[@]}" ;;
  esac
done

# fingerprint AIM CUTOFF: another network of the same shape is there to have a wrong candidate, the teacher as it is after all
# its weights learnt the task.
fingerprint() {
  local answer=$out/fingerprint-$1-$2.json
  [[ ! -s $answer ]] || return 0
  echo "== whose student 'head' is, towards $1 features at $2"
  "$wardlock" fingerprint --teacher "$teacher,$out/models/full" --student "$out/models/head" --data "$data" \
    --aim "$1" --cutoff "$2" --steps 100 --json "$answer"
}

if is_trained head && is_trained full; then
  fingerprint mean "$cutoff"
  # no embedding is 0 behind a norm
  fingerprint zero block12
fi

python3 "$here/mimic_table.py" "$out" | tee "$out/mimic.md"
# sources, targets and outcomes side by side
if [[ -s $out/mimicked/head-$cutoff/mimic.json ]]; then
  rm -f -- "$out/mimic.html"
  "$wardlock" report "$out/mimicked/head-$cutoff" --out "$out/mimic.html"
fi
