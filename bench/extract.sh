#!/usr/bin/env bash
# Measures what docs/results.md says of model stealing on CIFAR-10: trains the victims that are missing, copies each of
# them within growing budgets, and prints the table.
#   bench/extract.sh DATA POOL OUT
# DATA holds CIFAR-10's official binary files, POOL a data_batch_1.bin of pictures of another domain (10,000 of
# CIFAR-100). OUT keeps models, keys, their password, answers and copies. What is done is skipped and what was killed goes
# on, so the same call may be made again at any time. Choose less or more by
#   WARDLOCK_EXTRACT_VICTIMS (plain keyed encrypted held): a plain service; a keyed one, asked as it is deployed; an encrypted
#     model without its key; the service of an encrypted model whose weights the thief holds, and begins with
#   WARDLOCK_EXTRACT_COPIES (convmixer-128-4-k5-p2 resnet20), the first like the victims
#   WARDLOCK_EXTRACT_AUGMENT (none flip,crop), WARDLOCK_EXTRACT_BUDGETS (500,1000,2000,5000,10000) and
#   WARDLOCK_EXTRACT_OTHER_BUDGETS (500,2000,10000) of copies unlike the victims
#   WARDLOCK_EXTRACT_ATTACKED (100): pictures made on each copy, but not on those of an encrypted model without its key:
#     what such a model withstands is nobody's concern
#   WARDLOCK_EXTRACT_MORE: further options of the command extract
#   WARDLOCK_EXTRACT_EPOCHS (5) of the victims
# On two cores a curve of the ConvMixer takes about 450,000 pictures of training (a quarter of an hour), and a minute a copy.
set -euo pipefail

if (($# != 3)); then
  sed -n '2,19s/^# //p' "$0" >&2
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
attacked=${WARDLOCK_EXTRACT_ATTACKED:-100}
read -ra more <<<"${WARDLOCK_EXTRACT_MORE:-}"
epochs=${WARDLOCK_EXTRACT_EPOCHS:-5}

source "$here/experiments.sh"

# train_victim NAME [KEY]
train_victim() {
  convmixer "$1" "${2:-}" "$data" "$epochs" 0
}

# The block of an encrypted model's key divides its patch, which has two pixels a side.
encrypt() {
  train_victim plain
  key encrypted shuffle 2
  encrypted encrypted encrypted --model "$out/models/plain"
}

# curve VICTIM COPY AUGMENT
curve() {
  local folder=$out/curves/$1-$2-${3//,/+} options=() budget=$budgets pictures=$attacked
  [[ $2 == "${copies%% *}" ]] || budget=$other_budgets
  case $1 in
    plain) options=(--victim "$out/models/plain") ;;
    keyed) options=(--victim "$out/models/keyed" --key "$out/models/keyed.p12") ;;
    encrypted)
      options=(--victim "$out/models/encrypted")
      pictures=0
      ;;
    held)
      # only a network like the victim can begin with its weights
      [[ $2 == "${copies%% *}" ]] || return 0
      options=(--victim "$out/models/encrypted" --key "$out/models/encrypted.p12" --lr 0.001
        --weights "$out/models/encrypted/model.safetensors")
      ;;
    *)
      echo "bench/extract.sh: victim '$1': expected plain, keyed, encrypted or held" >&2
      exit 2
      ;;
  esac
  [[ ! -e $folder/config.json ]] || options+=(--resume)
  echo "== $1, copied by $2, augmentation $3"
  "$wardlock" extract --pool "$pool" --test "$data" --test-split test --arch "$2" --augment "$3" --budget "$budget" \
    --attacked "$pictures" --out "$folder" "${options[@]}" "${more[@]}"
}

for victim in $victims; do
  case $victim in
    plain) train_victim plain ;;
    keyed)
      key keyed shuffle 4
      train_victim keyed keyed
      ;;
    *) encrypt ;;
  esac
  for copy in $copies; do
    for augment in $augments; do
      curve "$victim" "$copy" "$augment"
    done
  done
done
python3 "$here/extract_table.py" "$out/curves" | tee "$out/table.md"
