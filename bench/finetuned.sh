#!/usr/bin/env bash
# Measures what docs/results.md says of keyed models that are fine-tuned from DeiT-Tiny's published weights.
#   bench/finetuned.sh WEIGHTS CIFAR OUT [PHOTOS CALTECH]
# WEIGHTS is the safetensors file, CIFAR holds the official binary files, PHOTOS and CALTECH are folders of pictures
# (train/CLASS, val/CLASS). OUT keeps models, keys, their password and all records; what is done is skipped and what was
# killed goes on. WARDLOCK_FINETUNED_PARTS chooses among
#   claim        fine-tuned keyed DeiT-Tiny against keyed ConvMixer and ResNet-20 from scratch, on the same pictures
#   longer       the claim's fine-tuned keyed models with ten passes over the pictures instead of three, unattacked
#   compensated  a keyed twin made without training against models that were fine-tuned behind the key: all weights, and
#                adapters of patch embedding and head and of LoRA
#   modes        ways of fine-tuning for each kind of key, on PHOTOS and CALTECH
#   proliferate  eight adapters and how pictures carry over among them, on PHOTOS
#   ensemble     four keyed adapters of one ConvMixer: one of them chosen at random, a vote of three, and one of them alone
#   wrong-keys   DeiT-Tiny's twins under a hundred wrong keys, on WARDLOCK_FINETUNED_IMAGENET, a folder of ImageNet
# and leaves out those whose pictures are not given. WARDLOCK_FINETUNED_SIZE (112) is the side to which DeiT-Tiny's CIFAR
# pictures are resized, WARDLOCK_FINETUNED_TRAINING (10000) how many are learnt from, WARDLOCK_FINETUNED_PICTURES (200) how
# many are attacked, at linf 8/255, WARDLOCK_FINETUNED_FEWER (50) of them where it costs most, and WARDLOCK_FINETUNED_SETS
# (photos caltech) which of the two are learnt from. An ensemble and proliferated models of an older version are refused, and
# their folders, OUT/models/ensemble and OUT/proliferated, are to be removed.
set -euo pipefail

if (($# != 3 && $# != 5)); then
  sed -n '2,20s/^# //p' "$0" >&2
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
parts=${WARDLOCK_FINETUNED_PARTS:-claim longer compensated modes proliferate ensemble wrong-keys}
imagenet=${WARDLOCK_FINETUNED_IMAGENET:+imagenet:$(cd -- "$WARDLOCK_FINETUNED_IMAGENET" && pwd)}
size=${WARDLOCK_FINETUNED_SIZE:-112}
training=${WARDLOCK_FINETUNED_TRAINING:-10000}
pictures=${WARDLOCK_FINETUNED_PICTURES:-200}
fewer=${WARDLOCK_FINETUNED_FEWER:-50}
source "$here/experiments.sh"

on_cifar=(--data "$data" --limit "$training")
within=(--data "$data" --split test --eps 8/255)
attacked=("${within[@]}" --limit "$pictures")
attacked_by_costly=("${within[@]}" --limit "$fewer" --label-queries 1000)

# of_deit NAME [KEY [PASSES [OPTION...]]]: three passes over the pictures, and every weight learns, unless told.
of_deit() {
  local how=(--lr 0.0005)
  (($# < 4)) || how=("${@:4}")
  train "$1" "${2:-}" --model deit_tiny_patch16_224 --weights "$weights" --image-size "$size" "${on_cifar[@]}" \
    --epochs "${3:-3}" --batch 64 --schedule onecycle --augment flip --clip 1 --weight-decay 0.05 "${how[@]}"
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
    for name in convmixer resnet; do
      against_claimed "$name-$kind" "$name-plain" "scratch-$kind" d-relaxation
    done
    against_claimed "deit-$kind" deit-plain "deit-$kind" d-weight-match,d-column-likeness,d-relaxation
  done
  echo "Right of all test pictures, %"
  echo
  python3 "$here/claim_table.py" "$out/models"
  cat <<END

The models are not attacked alike. linf 8/255 bounds each pixel, but DeiT-Tiny's pictures are CIFAR-10's at $size x $size
pixels, of which an attacker may choose every one, and those of ConvMixer and ResNet-20 have 32 x 32. Keys have blocks of 16 x
16 of DeiT-Tiny's pixels, its patch, and of 4 x 4 of the others'. Only the rows below were run. The second table is of fewer
pictures, the first of those of the first, and has the attacker with labels alone and searches for the key: a relaxation, and
where blocks are patches, DeiT-Tiny, the key read off the patch embedding.

END
  local claimed=({convmixer,resnet,deit}-{shuffle,negate})
  python3 "$here/results_table.py" "$out/grids" "${claimed[@]}"
  echo
  python3 "$here/results_table.py" "$out/grids" "${claimed[@]/%/-costly}"
}

# against_claimed NAME BASE KEY SEARCHES: the grid of a model of the claim, and that of the rows that cost most.
against_claimed() {
  local held=(--key "$out/models/$3.p12" --base "$out/models/$2")
  grid "$1" "${attacked[@]}" "${held[@]}" --rows a-transfer,b-square,d-wrong-keys,f-key-known
  grid_in "$1-costly" --model "$out/models/$1" "${attacked_by_costly[@]}" "${held[@]}" --rows "c-labels,$4"
}

longer() {
  local kind name
  for kind in shuffle negate; do
    name=deit-$kind-longer
    key "deit-$kind" "$kind" 16
    of_deit "$name" "deit-$kind" 10
    evaluated "$name" "deit-$kind" "$data" --model "$out/models/$name" --split test
  done
  python3 "$here/finetuned_table.py" "$out/models" deit-{shuffle,negate}-longer
}

# what little learns, and at which rate
little=(--train "patch-embed,head" --lr 0.002)
low_rank=(--lora-rank 8 --lora-targets "qkv,proj,fc1,fc2" --lr 0.002)

# The twin is the plain model of the claim behind the key of its fine-tuned one. Its key is read off its weights; for that of the
# model that was fine-tuned the claim has a relaxation, too, on fewer pictures. Scores alone break whatever they are asked of, so
# that the adapters go without that row.
compensated() {
  key deit-shuffle shuffle 16
  of_deit deit-plain
  of_deit deit-shuffle deit-shuffle
  encrypted deit-twin deit-shuffle --model "$out/models/deit-plain"
  local name
  for name in deit-twin deit-shuffle; do
    grid "$name" "${attacked[@]}" --key "$out/models/deit-shuffle.p12" --base "$out/models/deit-plain" \
      --rows a-transfer,b-square,d-wrong-keys,d-weight-match,d-column-likeness,f-key-known
  done
  of_deit deit-shuffle-parts deit-shuffle 3 "${little[@]}"
  of_deit deit-shuffle-lora deit-shuffle 3 "${low_rank[@]}"
  for name in deit-shuffle-{parts,lora}; do
    grid_in "$name" --model deit_tiny_patch16_224 --weights "$weights" --adapter "$out/models/$name" "${attacked[@]}" \
      --key "$out/models/deit-shuffle.p12" --base "$out/models/deit-plain" \
      --rows a-transfer,d-wrong-keys,d-weight-match,d-column-likeness,f-key-known
  done
  python3 "$here/results_table.py" "$out/grids" deit-twin deit-shuffle{,-parts,-lora}
}

# mode NAME DATA KEY OPTION...: ten passes over the training pictures.
mode() {
  local name=$1 set=$2 guard=$3
  shift 3
  train "$name" "$guard" --model deit_tiny_patch16_224 --weights "$weights" --data "$set" --epochs 10 --batch 32 \
    --schedule onecycle --augment flip --clip 1 --weight-decay 0.05 "$@"
  local folder=$out/models/$name stored=(--model "$out/models/$name")
  [[ ! -s $folder/adapter.json ]] || stored=(--model deit_tiny_patch16_224 --weights "$weights" --adapter "$folder")
  evaluated "$name" "$guard" "$set" "${stored[@]}"
}

# evaluated NAME KEY DATA OPTION...: what is stored, loaded and looked at afresh.
evaluated() {
  local file=$out/models/$1.evaluated.json key=$2 pictures_of=$3
  shift 3
  [[ -s $file ]] ||
    "$wardlock" evaluate "$@" --key "$out/models/$key.p12" --data "$pictures_of" --json "$file"
}

modes() {
  local set kind pictures_of
  for kind in shuffle-16 shuffle-4 negate-16 ffx-16; do
    key "$kind" "${kind%-*}" "${kind#*-}"
  done
  for set in ${WARDLOCK_FINETUNED_SETS:-photos caltech}; do
    pictures_of=${sets[$set]}
    for kind in shuffle-16 shuffle-4 negate-16 ffx-16; do
      mode "$set-$kind-full" "$pictures_of" "$kind" --lr 0.0005
      mode "$set-$kind-parts" "$pictures_of" "$kind" "${little[@]}"
      mode "$set-$kind-lora" "$pictures_of" "$kind" "${low_rank[@]}"
    done
  done
  python3 "$here/finetuned_table.py" "$out/models" {photos,caltech}-{shuffle-16,shuffle-4,negate-16,ffx-16}-{full,parts,lora}
}

# Adapters to a file of float16 are float16: 2.6 % of DeiT-Tiny's.
proliferate() {
  local again=()
  [[ ! -e $out/proliferated/config.json ]] || again=(--resume)
  "$wardlock" proliferate --model deit_tiny_patch16_224 --weights "$weights" --data "${sets[photos]}" --count 8 \
    --transform shuffle --block 16 --train patch-embed,head --lr 0.002 --schedule onecycle --augment flip --epochs 5 \
    --batch 32 --pictures 50 --eps 8/255 --out "$out/proliferated" "${again[@]}"
}

# Four adapters of the claim's plain ConvMixer, whose patches are the keys' blocks: patch embeddings and heads of their own,
# one body. Beside chance among them stands one of them alone, under the same rows and the searches that read its weights; and
# a vote of three of the four, which takes three times the passes, on fewer pictures.
ensemble() {
  local number id members="" base=$out/models/convmixer-plain
  local shared=(--model convmixer-128-4-k5-p2 --weights "$base/model.safetensors")
  local guesses="a-transfer,b-square,d-wrong-keys,f-key-known"
  of_scratch convmixer-plain convmixer-128-4-k5-p2
  mkdir -p -- "$out/member-keys"
  for number in 1 2 3 4; do
    key "member-$number" shuffle+negate 2
    # statistics stay, so that the body is one to the bit
    train "member-$number" "member-$number" "${shared[@]}" "${on_cifar[@]}" --train patch-embed,head --batch-norm frozen \
      --epochs 10 --batch 128 --lr 0.01 --schedule onecycle --augment flip,crop --clip 1 --weight-decay 0.05
    # a folder of keys has them under their ids
    id=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["model"]["key_id"])' \
      "$out/models/member-$number/adapter.json")
    cp -- "$out/models/member-$number.p12" "$out/member-keys/$id.p12"
    members+=${members:+,}$out/models/member-$number
  done
  assembled ensemble "$members" "${shared[@]}"
  assembled ensemble-vote "$members" "${shared[@]}" --ask 3 --vote majority
  grid_in ensemble-member --adapter "$out/models/member-1" "${shared[@]}" --key "$out/models/member-1.p12" \
    --base "$base" "${attacked[@]}" --rows "$guesses,d-weight-match,d-column-likeness"
  local together=(--key "$out/member-keys" --base "$base" --rows "$guesses")
  grid_in ensemble --model "$out/models/ensemble" "${together[@]}" "${attacked[@]}"
  grid_in ensemble-vote --model "$out/models/ensemble-vote" "${together[@]}" "${within[@]}" --limit "$fewer"
  python3 "$here/results_table.py" "$out/grids" ensemble-member ensemble
  echo
  python3 "$here/results_table.py" "$out/grids" ensemble-vote
}

# assembled NAME MEMBERS OPTION...: the members put together, unless they are.
assembled() {
  local folder=$out/models/$1 members=$2
  shift 2
  [[ ! -e $folder/config.json ]] || return 0
  rm -rf -- "$folder"
  "$wardlock" ensemble --members "$members" --out "$folder" "$@"
}

wrong_keys() {
  local kind block name
  mkdir -p -- "$out/wrong-keys"
  for block in 2 4 8 16; do
    for kind in shuffle negate shuffle+negate; do
      name=$kind-$block
      key "$name" "$kind" "$block"
      encrypted "twin-$name" "$name" --model deit_tiny_patch16_224 --weights "$weights"
      [[ -s $out/wrong-keys/$name.json ]] ||
        "$wardlock" evaluate --model "$out/models/twin-$name" --key "$out/models/$name.p12" --data "$imagenet" --limit 40 \
          --wrong-keys 100 --json "$out/wrong-keys/$name.json"
    done
  done
  python3 "$here/wrong_keys_table.py" "$out/wrong-keys" {shuffle,negate,shuffle+negate}-{2,4,8,16}
}

# run PART: what it prints becomes PART.md when it is done.
run() {
  "${1//-/_}" | tee "$out/$1.md.part"
  mv -- "$out/$1.md.part" "$out/$1.md"
}

for part in $parts; do
  case $part in
    claim | longer | compensated | ensemble) run "$part" ;;
    modes | proliferate)
      if ((${#sets[@]} > 0)); then
        run "$part"
      else
        echo "bench/finetuned.sh: $part is left out: PHOTOS and CALTECH are not given" >&2
      fi
      ;;
    wrong-keys)
      if [[ -n $imagenet ]]; then
        run "$part"
      else
        echo "bench/finetuned.sh: $part is left out: WARDLOCK_FINETUNED_IMAGENET is not set" >&2
      fi
      ;;
    *)
      echo "bench/finetuned.sh: part '$part': expected claim, longer, compensated, modes, proliferate, ensemble or wrong-keys" >&2
      exit 2
      ;;
  esac
done
