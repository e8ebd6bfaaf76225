"""Prints fine-tuned models as the table of docs/results.md: finetuned_table.py MODELS NAME..."""

import json
import pathlib
import sys

from tables import wilson


def minutes(file):
    """What training took, or nothing where a model was there before its time was taken."""
    return f"{int(file.read_text()) / 60:.1f}" if file.exists() else "unknown"


def main():
    folder = pathlib.Path(sys.argv[1])
    print("| model | right, % | 95 % interval | trainable parameters | of | stored bytes | minutes |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    missing = []
    for name in sys.argv[2:]:
        answers = [folder / (name + end) for end in (".json", ".evaluated.json")]
        if not all(answer.exists() for answer in answers):
            missing.append(name)
            continue
        run, evaluated = [json.loads(answer.read_text()) for answer in answers]
        share = evaluated["top1"]
        count = evaluated["images"]
        low, high = wilson(round(share * count), count)
        stored = max(p.stat().st_size for p in (folder / name).glob("*.safetensors"))
        print(
            f"| {name} | {100 * share:.1f} | {low:.1f}-{high:.1f} | {run['trainable_parameters']:,} "
            f"| {run['total_parameters']:,} | {stored:,} | {minutes(folder / (name + '.seconds'))} |"
        )
    if missing:
        print("\nNot there yet: " + ", ".join(missing))


if __name__ == "__main__":
    main()
