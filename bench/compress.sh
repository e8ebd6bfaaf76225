#!/usr/bin/env bash
# Measures what docs/results.md says of the JPEG defence: trains what is missing, fits both tables, fine-tunes a
# classifier for each level and, for comparison, the undefended one as long without compression, attacks all, and prints the
# tables.
#   bench/compress.sh DATA OUT [PICTURES]
# DATA holds CIFAR-10's official binary files; OUT keeps all, and may be that of bench/results.sh, whose plain model is then
# used. What is done is skipped and what was killed goes on, so the same call may be made again at any time. PICTURES (500)
# are attacked at linf 8/255; clean accuracy is that of the whole test file.
# WARDLOCK_COMPRESS_PHOTOS (a folder of train/<class>/ and val/<class>/) and WARDLOCK_COMPRESS_WEIGHTS (DeiT-Tiny's) add the
# same for 50 photos. WARDLOCK_COMPRESS_QUALITY (75), WARDLOCK_COMPRESS_LEVELS (0.5,1,2), WARDLOCK_COMPRESS_RANDOM (0.5),
# WARDLOCK_COMPRESS_BASE_EPOCHS (5), WARDLOCK_COMPRESS_EPOCHS (2), and the options of the attacks,
# WARDLOCK_COMPRESS_EVALUATE (--eot 5) and WARDLOCK_COMPRESS_EVALUATE_PHOTOS (as below), choose otherwise, for a new OUT.
# CIFAR-10 took 39 minutes on two Zen 4 cores that were otherwise idle, 24 of them training, the photos about 45.
set -euo pipefail

if (($# < 2 || $# > 3)); then
  sed -n '2,15s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
data=cifar10:$(cd -- "$1" && pwd)
mkdir -p -- "$2/compress"
out=$(cd -- "$2" && pwd)
pictures=${3:-500}
quality=${WARDLOCK_COMPRESS_QUALITY:-75}
levels=${WARDLOCK_COMPRESS_LEVELS:-0.5,1,2}
random=${WARDLOCK_COMPRESS_RANDOM:-0.5}
base_epochs=${WARDLOCK_COMPRESS_BASE_EPOCHS:-5}
epochs=${WARDLOCK_COMPRESS_EPOCHS:-2}
read -ra attacks <<<"${WARDLOCK_COMPRESS_EVALUATE:---eot 5}"
# a picture is 49 times as large: fewer of them, shorter attacks, and no row where chance decides, which asks 20 times
read -ra photo_attacks <<<"${WARDLOCK_COMPRESS_EVALUATE_PHOTOS:---cw-steps 20 --steps 50 --batch 16}"
rows=none,fine-tuned,jpeg,table,noisy,ensemble,feature-distillation
recipe=(--schedule cosine --augment "flip,crop" --clip 1 --weight-decay 0.05)
source "$here/experiments.sh"

# fit BASE DATA RULE FILE: unless it is there.
fit() {
  [[ -s $4 ]] ||
    "$wardlock" compress fit-table --model "$1" --data "$2" --rule "$3" --bytes-of-quality "$quality" --out "$4"
}

# fine_tune BASE DATA TABLE FOLDER OPTIONS...: unless it is done.
fine_tune() {
  local base=$1 pictures_of=$2 table=$3 folder=$4 again=()
  shift 4
  [[ ! -e $folder/config.json ]] || again=(--resume)
  [[ -s $folder/compression.json ]] ||
    "$wardlock" compress train --model "$base" --data "$pictures_of" --table "$table" --levels "$levels" \
      --random-levels "$random" "${recipe[@]}" \
      --out "$folder" "$@" "${again[@]}"
}

# evaluate FOLDER OPTIONS...: what is done before is not done again.
evaluate() {
  local folder=$1 again=()
  shift
  [[ ! -e $folder/config.json ]] || again=(--resume)
  "$wardlock" compress evaluate --eps 8/255 --out "$folder" "$@" "${again[@]}"
}

# whole NAME BASE MODEL DATA SPLIT PICTURES ROWS OPTIONS... -- OPTIONS...: tables, classifiers and both evaluations of one
# network, a MODEL in models/BASE; the first options are those of fine-tuning, the others those of attacks.
whole() {
  local name=$out/compress/$1 base=$out/models/$2 control=$2-fine-tuned model=$3 of=$4 split=$5 count=$6 variants=$7
  local learning=() attacking
  shift 7
  while [[ $1 != -- ]]; do
    learning+=("$1")
    shift
  done
  shift
  attacking=("$@")
  mkdir -p "$name"
  fit "$base" "$of" gradient "$name/gradient.json"
  fit "$base" "$of" deviation "$name/deviation.json"
  fine_tune "$base" "$of" "$name/gradient.json" "$name/levels" "${learning[@]}"
  # what of the defence is only more training
  train "$control" "" --model "$model" --weights "$base/model.safetensors" --data "$of" "${recipe[@]}" "${learning[@]}"
  evaluate "$name/gradient" --model "$name/levels" --fine-tuned "$out/models/$control" --data "$of" \
    --split "$split" --limit "$count" --made "$name/made" --variants "$variants" "${attacking[@]}"
  # the other table, on the same pictures made without a defence
  evaluate "$name/deviation" --model "$base" --table "$name/deviation.json" --data "$of" --split "$split" \
    --limit "$count" --made "$name/made" --variants table "${attacking[@]}"
  python3 "$here/compress_table.py" "$name/gradient/compress-evaluate.json" "$name/deviation/compress-evaluate.json" |
    tee "$name/table.md"
}

convmixer plain "" "$data" "$base_epochs" 0
whole cifar10 plain convmixer-128-4-k5-p2 "$data" test "$pictures" "$rows,slq" --epochs "$epochs" --batch 128 \
  --lr 0.002 -- "${attacks[@]}"

if [[ -n ${WARDLOCK_COMPRESS_PHOTOS:-} ]]; then
  photos=folder:$(cd -- "$WARDLOCK_COMPRESS_PHOTOS" && pwd)
  train photos "" --model deit_tiny_patch16_224 --weights "$WARDLOCK_COMPRESS_WEIGHTS" --data "$photos" \
    --epochs 3 --seed 0 --batch 32 --lr 0.00005 --schedule cosine --augment flip --weight-decay 0.05
  whole photos photos deit_tiny_patch16_224 "$photos" val 50 "$rows" --epochs "$epochs" --batch 32 \
    --lr 0.00002 -- "${photo_attacks[@]}"
fi
