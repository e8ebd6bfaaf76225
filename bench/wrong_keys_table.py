"""Prints what twins are worth under wrong keys as the table of docs/results.md: wrong_keys_table.py FOLDER KIND-BLOCK..."""

import json
import pathlib
import sys


def main():
    folder = pathlib.Path(sys.argv[1])
    print("| transform | block | right key | wrong keys: mean | interval | min | max | pictures |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    missing = []
    for name in sys.argv[2:]:
        answer = folder / (name + ".json")
        if not answer.exists():
            missing.append(name)
            continue
        evaluated = json.loads(answer.read_text())
        wrong = evaluated["wrong_key"]
        low, high = [100 * bound for bound in wrong["interval"]]
        transform, block = name.rsplit("-", 1)
        print(
            f"| {transform} | {block} | {100 * evaluated['top1']:.1f} | {100 * wrong['mean']:.1f} "
            f"| {low:.1f} to {high:.1f} | {100 * wrong['min']:.1f} | {100 * wrong['max']:.1f} | {evaluated['images']} |"
        )
    if missing:
        print("\nNot there yet: " + ", ".join(missing))


if __name__ == "__main__":
    main()
