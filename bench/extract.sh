#!/usr/bin/env bash
# Measures what docs/results.md says of model stealing on CIFAR-10: trains the victims that are missing, copies each of
# them within growing budgets, looks for the keys of encrypted ones in their weights, and prints the table.
#   bench/extract.sh DATA POOL OUT
# DATA holds CIFAR-10's official binary files, POOL a data_batch_1.bin of pictures of another domain (10,000 of
# CIFAR-100). OUT keeps models, keys, their password, answers and copies. What is done is skipped and what was killed goes
# on, so the same call may be made again at any time. Choose less or more by
#   WARDLOCK_EXTRACT_VICTIMS (plain keyed encrypted held): a plain service; a keyed one (shuffle, block 4), asked as it is
#     deployed; encrypted models without their keys; the service of an encrypted model whose weights the thief holds, and
#     begins with
#   WARDLOCK_EXTRACT_COPIES (convmixer-128-4-k5-p2 resnet20), the first like the victims
#   WARDLOCK_EXTRACT_AUGMENT (none flip,crop), WARDLOCK_EXTRACT_BUDGETS (500,1000,2000,5000,10000) and
#   WARDLOCK_EXTRACT_OTHER_BUDGETS (500,2000,10000) of copies unlike the victims
#   WARDLOCK_EXTRACT_KINDS (shuffle shuffle+negate) of the encrypted models' keys, at block 2, which the patch of two pixels
#     permits; the first kind is copied by all of COPIES and is the one that is held, others by the first of COPIES
#   WARDLOCK_EXTRACT_KNOCKOFF (500,2000,10000): budgets of a Knockoff curve (random, soft labels) at the plain service by the
#     first of COPIES and of AUGMENT; empty for none
#   WARDLOCK_EXTRACT_RECOVERY (500): test pictures that say what a key is worth that was read off an encrypted model's
#     weights, without a question; 0 for not to look for keys
#   WARDLOCK_EXTRACT_ATTACKED (100): pictures made on each copy, but not on those of an encrypted model without its key:
#     what such a model withstands is nobody's concern
#   WARDLOCK_EXTRACT_MORE: further options of the command extract
#   WARDLOCK_EXTRACT_EPOCHS (5) of the victims
# Folders do not name all of it: change VICTIMS, COPIES, AUGMENT and budgets (to larger ones) for the same OUT as you like, all
# others for a new OUT: commands refuse to go on with what was begun otherwise, and the script ends there.
# On two Zen 4 cores that were otherwise idle: the first victim 7 minutes, a curve of the ConvMixer 13 to 15, one of ResNet-20 16,
# the searches for a key and what it is worth 6 a kind. All of it was never timed in one go: about four hours.
set -euo pipefail

if (($# != 3)); then
  sed -n '2,27s/^# //p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
data=cifar10:$(cd -- "$1" && pwd)
pool=cifar10:$(cd -- "$2" && pwd)
mkdir -p -- "$3/curves"
out=$(cd -- "$3" && pwd)
victims=${WARDLOCK_EXTRACT_VICTIMS:-plain keyed encrypted held}
copies=${WARDLOCK_EXTRACT_COPIES:-convmixer-128-4-k5-p2 resnet20}
augments=${WARDLOCK_EXTRACT_AUGMENT:-none flip,crop}
budgets=${WARDLOCK_EXTRACT_BUDGETS:-500,1000,2000,5000,10000}
other_budgets=${WARDLOCK_EXTRACT_OTHER_BUDGETS:-500,2000,10000}
read -ra kinds <<<"${WARDLOCK_EXTRACT_KINDS:-shuffle shuffle+negate}"
knockoff=${WARDLOCK_EXTRACT_KNOCKOFF-500,2000,10000}
recovery=${WARDLOCK_EXTRACT_RECOVERY:-500}
attacked=${WARDLOCK_EXTRACT_ATTACKED:-100}
read -ra more <<<"${WARDLOCK_EXTRACT_MORE:-}"
epochs=${WARDLOCK_EXTRACT_EPOCHS:-5}
like=${copies%% *}
service=keyed-shuffle-4

source "$here/experiments.sh"

# train_victim NAME [KEY]
train_victim() {
  convmixer "$1" "${2:-}" "$data" "$epochs" 0
}

# encrypt KIND: the block of its key divides the patch, which has two pixels a side.
encrypt() {
  train_victim plain
  key "encrypted-$1" "$1" 2
  encrypted "encrypted-$1" "encrypted-$1" --model "$out/models/plain"
}

# stolen NAME COPY AUGMENT BUDGETS ATTACKED OPTION...: a curve, in a folder of that name.
stolen() {
  local folder=$out/curves/$1 copy=$2 augment=$3 budget=$4 pictures=$5 again=()
  shift 5
  [[ ! -e $folder/config.json ]] || again=(--resume)
  echo "== ${folder##*/}"
  "$wardlock" extract --pool "$pool" --test "$data" --test-split test --arch "$copy" --augment "$augment" \
    --budget "$budget" --attacked "$pictures" --out "$folder" "$@" "${more[@]}" "${again[@]}"
}

# curve VICTIM COPY AUGMENT
curve() {
  local end=$2-${3//,/+} budget=$budgets kind
  [[ $2 == "$like" ]] || budget=$other_budgets
  case $1 in
    plain) stolen "plain-$end" "$2" "$3" "$budget" "$attacked" --victim "$out/models/plain" ;;
    keyed)
      stolen "keyed-$end" "$2" "$3" "$budget" "$attacked" --victim "$out/models/$service" --key "$out/models/$service.p12"
      ;;
    encrypted)
      for kind in "${kinds[@]}"; do
        if [[ $kind == "${kinds[0]}" || $2 == "$like" ]]; then
          stolen "encrypted-$kind-$end" "$2" "$3" "$budget" 0 --victim "$out/models/encrypted-$kind"
          against_opened "$kind" "encrypted-$kind-$end"
        fi
      done
      ;;
    held)
      # only a network like the victim can begin with its weights
      [[ $2 == "$like" ]] || return 0
      local twin=$out/models/encrypted-${kinds[0]}
      stolen "held-$end" "$2" "$3" "$budget" "$attacked" --victim "$twin" --key "$twin.p12" --lr 0.001 \
        --weights "$twin/model.safetensors"
      ;;
    *)
      echo "bench/extract.sh: victim '$1': expected plain, keyed, encrypted or held" >&2
      exit 2
      ;;
  esac
}

# says FILE OPTION...: what a model takes each test picture for, unless it is known.
says() {
  local file=$1
  shift
  [[ -s $file ]] || "$wardlock" evaluate --data "$data" --split test --batch 128 --predictions "$file" "$@"
}

# against_opened KIND NAME: the thief asked the twin, but wants what answers behind the key.
against_opened() {
  local twin=$out/models/encrypted-$1 copy
  says "$twin.opened.csv" --model "$twin" --key "$twin.p12"
  mkdir -p -- "$out/predictions/$2"
  for copy in "$out/curves/$2"/copy-*; do
    says "$out/predictions/$2/${copy##*/}.csv" --model "$copy"
  done
}

# recovered KIND: the key read off the twin's weights, beside smooth filters alone; searched by the loss; and read off beside
# the model that it was made from, by one who has that, too.
recovered() {
  local found=(--model "$out/models/encrypted-$1" --key "$out/models/encrypted-$1.p12" --data "$data" --split test
    --limit "$recovery" --eps 8/255 --batch 128)
  grid_in "likeness-$1" "${found[@]}" --rows d-column-likeness
  grid_in "relaxation-$1" "${found[@]}" --rows d-relaxation
  grid_in "match-$1" "${found[@]}" --rows d-weight-match --base "$out/models/plain"
}

for victim in $victims; do
  case $victim in
    plain) train_victim plain ;;
    keyed)
      key "$service" shuffle 4
      train_victim "$service" "$service"
      ;;
    encrypted)
      for kind in "${kinds[@]}"; do
        encrypt "$kind"
        [[ $recovery == 0 ]] || recovered "$kind"
      done
      ;;
    held) encrypt "${kinds[0]}" ;;
  esac
  for copy in $copies; do
    for augment in $augments; do
      curve "$victim" "$copy" "$augment"
    done
  done
done
if [[ -n $knockoff ]]; then
  train_victim plain
  first=${augments%% *}
  stolen "plain-$like-${first//,/+}-knockoff" "$like" "$first" "$knockoff" "$attacked" --victim "$out/models/plain" \
    --method knockoff --strategy random
fi
python3 "$here/extract_table.py" "$out" | tee "$out/table.md"
