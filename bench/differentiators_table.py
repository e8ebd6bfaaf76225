"""Prints what bench/differentiators.sh leaves as the tables of docs/results.md: differentiators_table.py OUT."""

import json
import pathlib
import sys

COMMON = ["student and set", "pruned", "asked", "vote"]

# the order of the sets, those of other names behind them
SETS = ["pairwise", "one-vs-rest", "tuned"]


def line(cells):
    return "| " + " | ".join(cells) + " |"


def head(cells):
    print(line([*COMMON, *cells]))
    print(line(["---", "---:", "---:", "---", *["---:"] * len(cells)]))


def share(found, name):
    """A share in per cent with its interval; nothing where there was nothing to count."""
    if found.get(name) is None:
        return ""
    low, high = found[name + "_interval"]
    return f"{100 * found[name]:.1f} ({100 * low:.1f}-{100 * high:.1f})"


def common(name, row):
    return [name, f"{row['pruned']:g}", str(row["validate"]), row["vote"]]


def votes(row):
    """Of one alone all is a majority: such a row is there once."""
    return row["validate"] > 1 or row["vote"] == "all"


def order(name):
    student, _, kind = name.partition("-")
    return (student, SETS.index(kind) if kind in SETS else len(SETS), kind)


def shown(row):
    """What became of each budget's pictures, by the end of its folder's name."""
    return {pathlib.Path(found["name"]).name: found for found in row.get("attacked", [])}


def rank(folder):
    """Folders of budgets by the budget, others by their names before them."""
    _, _, budget = folder.rpartition("dssim-")
    return (float(budget), folder) if folder.startswith("dssim-") else (0.0, folder)


def evaluated(runs):
    """Pictures made without the defence: a line for each ratio, number and vote."""
    folders = sorted({folder for _, run in runs for row in run["rows"] for folder in shown(row)}, key=rank)
    print("Pictures made without the defence: `rejected_or_right` by folder, and what it costs on clean ones\n")
    head(["clean", "undefended", "clean rejected", *folders])
    for name, run in runs:
        for row in filter(votes, run["rows"]):
            found = shown(row)
            cells = [share(row, field) for field in ("clean", "clean_undefended", "rejected_clean")]
            cells += [share(found[folder], "rejected_or_right") if folder in found else "" for folder in folders]
            print(line([*common(name, row), *cells]))
    print()
    name, run = runs[-1]
    if folders:
        fooling = shown(run["rows"][-1])
        counts = [f"{fooling[f]['fooling']} of {fooling[f]['pictures']} in {f}" for f in folders if f in fooling]
        print(f"Of {run['images']} clean pictures; fooling the student alone: {', '.join(counts)}.\n")


def adaptive(out, student):
    """Pictures made by who has student and differentiators: as prominent as the others."""
    attacks = [(name, out / f"{student}-{name}" / f"differentiators-{name}.json") for name in ("attack", "mimic")]
    attacks = [(name, json.loads(file.read_text())) for name, file in attacks if file.exists()]
    if not attacks:
        return
    print("**Pictures made by an attacker who has the differentiators**\n")
    print(line(["attack", *COMMON, "clean", "accepted as the target", "`rejected_or_right`", "pictures"]))
    print(line(["---", "---", "---:", "---:", "---", *["---:"] * 4]))
    for name, answer in attacks:
        for row in answer["rows"]:
            how = f"targeted APGD, {answer['threat']}" if name == "attack" else f"mimic, DSSIM {row['dssim']:g}"
            what = ["none", "", "", ""] if "pruned" not in row else common(f"{student}, {row['kind']}", row)
            count = answer["attacked"] if name == "attack" else row["pictures"]
            cells = [share(row, field) for field in ("clean", "targeted_success")]
            print(line([how, *what, *cells, f"**{share(row, 'rejected_or_right')}**", str(count)]))
    print()


def main():
    out = pathlib.Path(sys.argv[1]) / "differentiators"
    files = sorted(out.glob("*.evaluated/*.json"))
    if not files:
        print("no differentiators are evaluated yet")
        return
    # a file for each ratio: those of one set together, the least pruned first
    runs = {}
    for file in files:
        answer = json.loads(file.read_text())
        name = file.parent.name.removesuffix(".evaluated")
        rows = runs.setdefault(name, {**answer, "rows": []})["rows"]
        rows.extend(answer["rows"])
    runs = {name: runs[name] for name in sorted(runs, key=order)}
    for run in runs.values():
        run["rows"].sort(key=lambda row: row["pruned"])
    interval = next(iter(runs.values()))["interval"]
    print(f"Shares in %, {interval}\n")
    evaluated(list(runs.items()))
    for student in sorted({name.split("-")[0] for name in runs}):
        adaptive(out, student)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
