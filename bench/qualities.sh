#!/usr/bin/env bash
# Measures what docs/results.md says of JPEG's tables at equal bytes: fits both rules' tables to the files of each quality,
# and prints what the model, without defence and not fine-tuned, gets right behind them and behind plain JPEG.
#   bench/qualities.sh MODEL DATA SPLIT OUT
# MODEL is a run's folder, DATA as the command line takes it (cifar10:DIR), SPLIT the part to judge by; tables are fitted to
# the part `train`. WARDLOCK_QUALITIES (5 10 25 50 75 90) are libjpeg's. What is done is skipped and what was killed goes on.
set -euo pipefail

if (($# != 4)); then
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
model=$1 data=$2 split=$3
mkdir -p -- "$4/qualities"
out=$(cd -- "$4" && pwd)
qualities=${WARDLOCK_QUALITIES:-5 10 25 50 75 90}
source "$here/experiments.sh"

for quality in $qualities; do
  for rule in gradient deviation; do
    folder=$out/qualities/$quality-$rule variants=table
    # what both rules are held against, once
    [[ $rule != gradient ]] || variants=none,jpeg,table
    [[ -s $folder.json ]] || "$wardlock" compress fit-table --model "$model" --data "$data" --rule "$rule" \
      --bytes-of-quality "$quality" --out "$folder.json"
    again=()
    [[ ! -e $folder/config.json ]] || again=(--resume)
    # attacks are not asked for here: they get one picture
    [[ -s $folder/compress-evaluate.json ]] || "$wardlock" compress evaluate --model "$model" --table "$folder.json" \
      --data "$data" --split "$split" --variants "$variants" --limit 1 --eps 8/255 --steps 1 --pgd-steps 1 \
      --cw-steps 1 --made "$out/made" --out "$folder" "${again[@]}"
  done
done
python3 "$here/qualities_table.py" "$out" | tee "$out/table.md"
