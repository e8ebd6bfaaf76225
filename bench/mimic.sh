#!/usr/bin/env bash
# Measures what docs/results.md says of the mimic attack on students of DeiT-Tiny: trains the students that are missing,
# mimics within four budgets of DSSIM, asks whose student each is.
#   bench/mimic.sh WEIGHTS DATA OUT
# WEIGHTS is the teacher's safetensors file, DATA a folder of pictures (train/CLASS, val/CLASS; at 224 pixels). OUT keeps
# students, keys, their password and all pictures; what is done is skipped and what was killed goes on. Choose by
#   WARDLOCK_MIMIC_STUDENTS (head full keyed): a new head alone; all weights fine-tuned; patch embedding and head, behind a key
#   WARDLOCK_MIMIC_DSSIM (0.001,0.003,0.01,0.03), WARDLOCK_MIMIC_PAIRS (50), WARDLOCK_MIMIC_CUTOFFS (block12)
#   WARDLOCK_MIMIC_MORE: further options of the command mimic (such as --targets 5, --steps 1000)
# On two cores that are otherwise idle a student takes 50 pairs x 4 budgets x 300 steps of a tenth of a second: 100 minutes.
set -euo pipefail

if (($# != 3)); then
  sed -n '2,11s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
weights=$(realpath -- "$1")
data=folder:$(cd -- "$2" && pwd)
mkdir -p -- "$3/mimicked"
out=$(cd -- "$3" && pwd)
students=${WARDLOCK_MIMIC_STUDENTS:-head full keyed}
budgets=${WARDLOCK_MIMIC_DSSIM:-0.001,0.003,0.01,0.03}
pairs=${WARDLOCK_MIMIC_PAIRS:-50}
cutoffs=${WARDLOCK_MIMIC_CUTOFFS:-block12}
read -ra more <<<"${WARDLOCK_MIMIC_MORE:-}"
architecture=deit_tiny_patch16_224
teacher=$architecture:$weights

source "$here/experiments.sh"

# student NAME [KEY] OPTION...: ten passes over the training pictures.
student() {
  local name=$1 guard=$2
  shift 2
  train "$name" "$guard" --model "$architecture" --weights "$weights" --data "$data" --epochs 10 --batch 32 \
    --schedule onecycle --augment flip --clip 1 --weight-decay 0.05 "$@"
}

# Another network of the same shape, to have a wrong candidate: the teacher as it is after all its weights learnt the task.
candidates=$teacher,$out/models/full

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
  for cutoff in $cutoffs; do
    folder=$out/mimicked/$name-$cutoff
    again=()
    [[ ! -e $folder/config.json ]] || again=(--resume)
    echo "== $name, cut off at $cutoff"
    "$wardlock" mimic --teacher "$teacher" --student "$out/models/$name" --cutoff "$cutoff" --dssim "$budgets" \
      --pairs "$pairs" --data "$data" --out "$folder" "${guard[@]}" "${more[@]}" "${again[@]}"
  done
done

if [[ " $students " == *" head "* && " $students " == *" full "* ]]; then
  for aim in mean zero; do
    echo "== whose student 'head' is, towards $aim features"
    "$wardlock" fingerprint --teacher "$candidates" --student "$out/models/head" --data "$data" --aim "$aim" \
      --json "$out/fingerprint-$aim.json"
  done
fi
