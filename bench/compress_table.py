"""Prints evaluations of compression as the tables of docs/results.md: compress_table.py FILE [FILE]...

Rows of later files are named after what their table followed from, the folder that the file lies in.
"""

import json
import pathlib
import sys

from tables import line


def share(value, interval=None):
    if interval is None:
        return f"{100 * value:.1f}"
    low, high = interval
    return f"{100 * value:.1f} ({100 * low:.1f}-{100 * high:.1f})"


def groups(found):
    """Attacks that changed equally many pictures, in order."""
    together = {}
    for attack, images in found["attacks_images"].items():
        together.setdefault(images, []).append(attack)
    return together


def difference(found, name, itself):
    """Points of clean accuracy to another row, picture by picture; nothing where there is none, or beside itself."""
    if found["variant"] == itself or name not in found:
        return ""
    low, high = found[name + "_interval"]
    return f"{100 * found[name]:+.2f} ({100 * low:+.2f} to {100 * high:+.2f})"


def row(found, name):
    to_none = difference(found, "clean_difference", "none")
    to_tuned = difference(found, "fine_tuned_difference", "fine-tuned")
    cells = [name, share(found["clean"], found["clean_interval"]), to_none, to_tuned]
    for attacks in groups(found).values():
        cells.append(share(found["attacks_clean"][attacks[0]]))
        cells += [share(found["attacks"][attack], found["attacks_intervals"][attack]) for attack in attacks]
    worst = share(found["adaptive"]["worst"], found["adaptive_interval"])
    sizes = ", ".join(f"{size:.0f}" for size in found["attacked_bytes_per_picture"])
    return line([*cells, f"**{worst}**", sizes])


def heading(found):
    cells = ["variant", "clean", "points to `none`", "to `fine-tuned`"]
    for images, attacks in groups(found).items():
        cells += [f"clean, of {images}", *attacks]
    return [*cells, "**adaptive**", "bytes"]


def main(files):
    runs = [json.loads(pathlib.Path(file).read_text()) for file in files]
    first = runs[0]["rows"][0]
    columns = heading(first)
    print(line(columns))
    print(line(["---", *["---:"] * (len(columns) - 1)]))
    for index, (file, run) in enumerate(zip(files, runs)):
        if groups(run["rows"][0]) != groups(first):
            sys.exit(f"{file}: attacked other pictures than {files[0]}; expected the same")
        for found in run["rows"]:
            name = found["variant"]
            print(row(found, name if index == 0 else f"{name}, {pathlib.Path(file).parent.name}"))
    print()
    print(
        f"Clean accuracy of {first['clean_images']} pictures, adaptive of {first['images']}, other columns of as many as the"
        f" one before them says; {runs[0]['interval']}."
    )
    if "difference_interval" in runs[0]:
        print(f"Points to `none`: {runs[0]['difference_interval']}.")
    print("Within " + ", ".join(f"{name} {threat}" for name, threat in runs[0]["threats"].items()) + ".")
    for file, run in zip(files, runs):
        print(
            f"Table by {pathlib.Path(file).parent.name}: {run['bytes_per_picture']:.1f} bytes a picture of those it was"
            f" fitted to, plain JPEG {run['plain_bytes_per_picture']:.1f}. Bytes in the table are of the attacked ones."
        )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
