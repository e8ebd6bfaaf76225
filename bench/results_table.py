"""Prints the grids of attackers as the tables of docs/results.md: results_table.py GRIDS NAME..."""

import json
import pathlib
import sys

from tables import line, share


def table(names, grids):
    """A line for each row of the grid that was run on any model, a column for each model."""
    rows = []
    for grid in grids:
        for row in grid["rows"]:
            if "robust_accuracy" in row and row["row"] not in rows:
                rows.append(row["row"])
    rows.sort()
    print(line(["row", *names]))
    print(line(["---", *["---:"] * len(names)]))
    print(line(["clean", *[share(grid, "clean_accuracy") for grid in grids]]))
    for name in rows:
        cells = []
        for grid in grids:
            cells.append("".join(share(row, "robust_accuracy") for row in grid["rows"] if row["row"] == name))
        print(line([name, *cells]))
    print(line(["**without the key**", *[share(grid, "without_key") for grid in grids]]))
    print(line(["over attackers", *[" ".join(grid["without_key_attackers"]) for grid in grids]]))
    print(line(["with the key", *[share(grid, "with_key") for grid in grids]]))


def costs(names, grids):
    """What each row took."""
    print(line(["model", "row", "queries a picture", "forward passes", "backward passes", "seconds", "found"]))
    print(line(["---", "---", "---:", "---:", "---:", "---:", "---"]))
    for name, grid in zip(names, grids):
        for row in grid["rows"]:
            if "not_run" not in row:
                found = ", ".join(f"{key} {value}" for key, value in row["findings"].items())
                print(
                    line(
                        [
                            name,
                            row["row"],
                            f"{row['queries'] / grid['images']:.0f}",
                            f"{row['forward']:,}",
                            f"{row['backward']:,}",
                            f"{row['seconds']:.0f}",
                            found,
                        ]
                    )
                )


def main():
    folder = pathlib.Path(sys.argv[1])
    done = {name: (folder / name / "threat.json").exists() for name in sys.argv[2:]}
    names = [name for name in done if done[name]]
    grids = [json.loads((folder / name / "threat.json").read_text()) for name in names]
    if not grids:
        print("no grid is done yet")
        return
    images = ", ".join(sorted({str(grid["images"]) for grid in grids}))
    print(f"Robust accuracy in % (95 % intervals), {grids[0]['threat']}, {images} pictures\n")
    table(names, grids)
    print()
    costs(names, grids)
    if not all(done.values()):
        print("\nNot there yet: " + ", ".join(name for name in done if not done[name]))


if __name__ == "__main__":
    main()
