#!/usr/bin/env bash
# Measures what docs/results.md says of keyed models that are fine-tuned from DeiT-Tiny's published weights.
#   bench/finetuned.sh WEIGHTS CIFAR OUT [PHOTOS CALTECH]
# WEIGHTS is the safetensors file, CIFAR holds the official binary files, PHOTOS and CALTECH are folders of pictures
# (train/CLASS, val/CLASS). OUT keeps models, keys, their password and all records; what is done is skipped and what was
# killed goes on. WARDLOCK_FINETUNED_PARTS chooses among
#   claim        fine-tuned keyed DeiT-Tiny against keyed ConvMixer and ResNet-20 from scratch, on the same pictures
#   compensated  a keyed twin made without training against a model that was fine-tuned behind the key
#   modes        ways of fine-tuning, on PHOTOS and CALTECH
#   proliferate  eight adapters and how pictures carry over among them, on PHOTOS
# WARDLOCK_FINETUNED_SIZE (112) is the side to which DeiT-Tiny's CIFAR pictures are resized, WARDLOCK_FINETUNED_TRAINING
# (10000) how many are learnt from, WARDLOCK_FINETUNED_PICTURES (200) how many are attacked, at linf 8/255.
set -euo pipefail

if (($# != 3 && $# != 5)); then
  sed -n '2,13s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
weights=$(realpath -- "$1")
data=cifar10:$(cd -- "$2" && pwd)
mkdir -p -- "$3"
out=$(cd -- "$3" && pwd)
declare -A sets=()
if (($# == 5)); then
  sets=([photos]=folder:$(cd -- "$4" && pwd) [caltech]=folder:$(cd -- "$5" && pwd))
fi
parts=" ${WARDLOCK_FINETUNED_PARTS:-claim compensated modes proliferate} "
size=${WARDLOCK_FINETUNED_SIZE:-112}
training=${WARDLOCK_FINETUNED_TRAINING:-10000}
pictures=${WARDLOCK_FINETUNED_PICTURES:-200}
source "$here/experiments.sh"

is_wanted() {
  [[ $parts == *" $1 "* ]]
}

on_cifar=(--data "$data" --limit "$training")
attacked=(--data "$data" --split test --limit "$pictures" --eps 8/255)

# of_deit NAME [KEY]: three passes over the pictures, every weight learns.
of_deit() {
  train "$1" "${2:-}" --model deit_tiny_patch16_224 --weights "$weights" --image-size "$size" "${on_cifar[@]}" \
    --epochs 3 --batch 64 --lr 0.0005 --schedule onecycle --augment flip --clip 1 --weight-decay 0.05
}

# of_scratch NAME MODEL [KEY]: twenty passes over the same pictures.
of_scratch() {
  train "$1" "${3:-}" --model "$2" "${on_cifar[@]}" --epochs 20 --batch 128 --lr 0.01 --schedule onecycle \
    --augment flip,crop --clip 1 --weight-decay 0.05
}

claim() {
  local kind name
  for kind in shuffle negate; do
    key "deit-$kind" "$kind" 16
    key "scratch-$kind" "$kind" 4
  done
  of_deit deit-plain
  of_scratch convmixer-plain convmixer-128-4-k5-p2
  of_scratch resnet-plain resnet20
  for kind in shuffle negate; do
    of_deit "deit-$kind" "deit-$kind"
    of_scratch "convmixer-$kind" convmixer-128-4-k5-p2 "scratch-$kind"
    of_scratch "resnet-$kind" resnet20 "scratch-$kind"
    for name in convmixer resnet deit; do
      local guard=scratch-$kind
      [[ $name != deit ]] || guard=deit-$kind
      grid "$name-$kind" "${attacked[@]}" --key "$out/models/$guard.p12" --base "$out/models/$name-plain" \
        --rows a-transfer,b-square,d-wrong-keys,f-key-known
    done
  done
  python3 "$here/results_table.py" "$out/grids" {convmixer,resnet,deit}-{shuffle,negate}
}

# The twin is the plain model of the claim behind the key of its fine-tuned one.
compensated() {
  key deit-shuffle shuffle 16
  of_deit deit-plain
  of_deit deit-shuffle deit-shuffle
  [[ -s $out/models/deit-twin/model.safetensors ]] ||
    "$wardlock" encrypt-model --model "$out/models/deit-plain" --key "$out/models/deit-shuffle.p12" \
      --out "$out/models/deit-twin"
  local name
  for name in deit-twin deit-shuffle; do
    grid "$name" "${attacked[@]}" --key "$out/models/deit-shuffle.p12" --base "$out/models/deit-plain" \
      --rows a-transfer,b-square,d-wrong-keys,d-weight-match,d-swap-loss,f-key-known
  done
  python3 "$here/results_table.py" "$out/grids" deit-twin deit-shuffle
}

# mode NAME DATA KEY OPTION...: ten passes over the training pictures; then what is stored is loaded and looked at afresh.
mode() {
  local name=$1 set=$2 guard=$3
  shift 3
  train "$name" "$guard" --model deit_tiny_patch16_224 --weights "$weights" --data "$set" --epochs 10 --batch 32 \
    --schedule onecycle --augment flip --clip 1 --weight-decay 0.05 "$@"
  local folder=$out/models/$name stored=(--model "$out/models/$name")
  [[ ! -s $folder/adapter.json ]] || stored=(--model deit_tiny_patch16_224 --weights "$weights" --adapter "$folder")
  [[ -s $folder.evaluated.json ]] ||
    "$wardlock" evaluate "${stored[@]}" --key "$out/models/$guard.p12" --data "$set" --json "$folder.evaluated.json"
}

modes() {
  local set name kind
  for kind in shuffle-16 shuffle-4 negate-16 ffx-16; do
    key "$kind" "${kind%-*}" "${kind#*-}"
  done
  for set in "${!sets[@]}"; do
    name=${sets[$set]}
    for kind in shuffle-16 shuffle-4 negate-16 ffx-16; do
      mode "$set-$kind-full" "$name" "$kind" --lr 0.0005
    done
    mode "$set-shuffle-16-parts" "$name" shuffle-16 --train patch-embed,head --lr 0.002
    mode "$set-shuffle-16-lora" "$name" shuffle-16 --lora-rank 8 --lora-targets qkv,proj,fc1,fc2 --lr 0.002
  done
  python3 "$here/finetuned_table.py" "$out/models" {photos,caltech}-{shuffle-16-{full,parts,lora},{shuffle-4,negate-16,ffx-16}-full}
}

adapters() {
  local again=()
  [[ -n ${sets[photos]:-} ]] || return 0
  [[ ! -e $out/proliferated/config.json ]] || again=(--resume)
  "$wardlock" proliferate --model deit_tiny_patch16_224 --weights "$weights" --data "${sets[photos]}" --count 8 \
    --transform shuffle --block 16 --train patch-embed,head --lr 0.002 --schedule onecycle --augment flip --epochs 5 \
    --batch 32 --pictures 50 --eps 8/255 --out "$out/proliferated" "${again[@]}"
}

! is_wanted claim || claim | tee "$out/claim.md"
! is_wanted compensated || compensated | tee "$out/compensated.md"
! is_wanted modes || modes | tee "$out/modes.md"
! is_wanted proliferate || adapters | tee "$out/proliferated.txt"
