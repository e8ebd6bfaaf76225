"""Prints evaluations of compression as the tables of docs/compression.md: compress_table.py FILE [FILE]...

Rows of later files are named after what their table followed from, the folder that the file lies in.
"""

import json
import pathlib
import sys


def share(value, interval):
    low, high = interval
    return f"{100 * value:.1f} ({100 * low:.1f}-{100 * high:.1f})"


def line(cells):
    return "| " + " | ".join(cells) + " |"


def row(found, name):
    attacks = [
        share(value, found["attacks_intervals"][attack]) for attack, value in found["attacks"].items()
    ]
    adaptive = share(found["adaptive"]["worst"], found["adaptive_interval"])
    return line([name, share(found["clean"], found["clean_interval"]), *attacks, f"**{adaptive}**"])


def main(files):
    runs = [json.loads(pathlib.Path(file).read_text()) for file in files]
    attacks = list(runs[0]["rows"][0]["attacks"])
    print(line(["variant", "clean", *attacks, "**adaptive**"]))
    print(line(["---", *["---:"] * (len(attacks) + 2)]))
    for index, (file, run) in enumerate(zip(files, runs)):
        for found in run["rows"]:
            name = found["variant"]
            print(row(found, name if index == 0 else f"{name}, {pathlib.Path(file).parent.name}"))
    print()
    first = runs[0]["rows"][0]
    print(f"Clean accuracy of {first['clean_images']} pictures, the others of {first['images']}; {runs[0]['interval']}.")
    print("Within " + ", ".join(f"{name} {threat}" for name, threat in runs[0]["threats"].items()) + ".")
    for file, run in zip(files, runs):
        print(
            f"Table by {pathlib.Path(file).parent.name}: {run['bytes_per_picture']:.1f} bytes a picture,"
            f" plain JPEG {run['plain_bytes_per_picture']:.1f}."
        )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
