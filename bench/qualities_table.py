"""Prints what bench/qualities.sh leaves as a table of docs/results.md: qualities_table.py OUT."""

import json
import math
import pathlib
import sys

from tables import counted, line

RULES = ["gradient", "deviation"]


def clean(folder, variant):
    """How many pictures there were, and which the model took wrongly."""
    found = json.loads((folder / "rows" / variant / "clean.json").read_text())
    return found["images"], set(found["wrong"])


def by_chance(gained, lost):
    """How often two that are equally good would part as far or farther (McNemar's test, exact)."""
    discordant = gained + lost
    tail = sum(math.comb(discordant, k) for k in range(min(gained, lost) + 1))
    return min(1, 2 * tail / 2**discordant)


def chance(value):
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def beside(folder, plain):
    """A table's cells: its share, and points, pictures gained and lost beside plain JPEG, which is wrong on `plain`."""
    images, wrong = clean(folder, "table")
    gained, lost = len(plain - wrong), len(wrong - plain)
    points = 100 * (gained - lost) / images
    return [counted(images - len(wrong), images), f"{points:+.2f}", f"{gained}, {lost}", chance(by_chance(gained, lost))]


def main():
    folder = pathlib.Path(sys.argv[1]) / "qualities"
    done = {path.parent.name for path in folder.glob("*/compress-evaluate.json")}
    qualities = sorted({int(name.split("-")[0]) for name in done if all(f"{name.split('-')[0]}-{r}" in done for r in RULES)})
    if not qualities:
        print("no quality is done yet")
        return
    cells = ["quality", "bytes", "plain JPEG"]
    for rule in RULES:
        cells += [f"**{rule}**", "points to plain", "gained, lost", "by chance"]
    print(line(cells))
    print(line(["---:"] * len(cells)))
    for quality in qualities:
        folders = [folder / f"{quality}-{rule}" for rule in RULES]
        images, plain = clean(folders[0], "jpeg")
        size = json.loads((folders[0] / "compress-evaluate.json").read_text())["plain_bytes_per_picture"]
        row = [str(quality), f"{size:.0f}", counted(images - len(plain), images)]
        for one in folders:
            row += beside(one, plain)
        print(line(row))
    images, wrong = clean(folder / f"{qualities[0]}-gradient", "none")
    print(f"\nWithout compression {counted(images - len(wrong), images)} %, of {images:,} pictures; 95 % intervals (Wilson).")
    print("By chance: how often two equally good tables would part as far or farther (McNemar's test, exact).")
    print("Bytes: of the pictures the tables were fitted to; no table takes more.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
