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
#   WARDLOCK_MIMIC_CUTOFFS (block12), WARDLOCK_MIMIC_MORE: further options of the command mimic (--targets 5, --steps 1000)
# A pair takes 300 steps for each budget, and a step a twentieth to a tenth of a second on two cores that are otherwise idle:
# 50 to 100 minutes for head, 10 to 20 for each other; to train them takes 20.
set -euo pipefail

if (($# != 3)); then
  sed -n '2,16s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
weights=$(realpath -- "$1")
data=folder:$(cd -- "$2" && pwd)
mkdir -p -- "$3/mimicked"
out=$(cd -- "$3" && pwd)
students=${WARDLOCK_MIMIC_STUDENTS:-head full keyed}
attacked=" ${WARDLOCK_MIMIC_ATTACKED-$students} "
cutoffs=${WARDLOCK_MIMIC_CUTOFFS:-block12}
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

# mimicked NAME OPTION...: at each cut-off.
mimicked() {
  local name=$1 cutoff
  local budgets=${WARDLOCK_MIMIC_OTHER_DSSIM:-0.003,0.03} pairs=${WARDLOCK_MIMIC_OTHER_PAIRS:-20}
  shift
  if [[ $name == head ]]; then
    budgets=${WARDLOCK_MIMIC_DSSIM:-0.001,0.003,0.01,0.03} pairs=${WARDLOCK_MIMIC_PAIRS:-50}
  fi
  for cutoff in $cutoffs; do
    local folder=$out/mimicked/$name-$cutoff again=()
    [[ ! -e $folder/config.json ]] || again=(--resume)
    echo "== $name, cut off at $cutoff"
    "$wardlock" mimic --teacher "$teacher" --student "$out/models/$name" --cutoff "$cutoff" --dssim "$budgets" \
      --pairs "$pairs" --data "$data" --out "$folder" "$@" "${more[@]}" "${again[@]}"
  done
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
  [[ $attacked != *" $name "* ]] || mimicked "$name" "${guard[@]}"
done

# Another network of the same shape, to have a wrong candidate: the teacher as it is after all its weights learnt the task.
if is_trained head && is_trained full; then
  for aim in mean zero; do
    answer=$out/fingerprint-$aim.json
    [[ ! -s $answer ]] || continue
    echo "== whose student 'head' is, towards $aim features"
    "$wardlock" fingerprint --teacher "$teacher,$out/models/full" --student "$out/models/head" --data "$data" \
      --aim "$aim" --steps 100 --json "$answer"
  done
fi

python3 "$here/mimic_table.py" "$out" | tee "$out/mimic.md"
