"""Prints what bench/differentiators.sh leaves as the tables of docs/results.md: differentiators_table.py OUT."""

import csv
import json
import pathlib
import sys

from tables import counted, line, share, within_budget

COMMON = ["student and set", "pruned", "asked", "vote"]

# the order of the sets, those of other names behind them
SETS = ["pairwise", "one-vs-rest", "tuned"]


def head(cells):
    print(line([*COMMON, *cells]))
    print(line(["---", "---:", "---:", "---", *["---:"] * len(cells)]))


def common(name, row):
    return [name, f"{row['pruned']:g}", str(row["validate"]), row["vote"]]


def votes(row):
    """Of one alone all is a majority: such a row is there once."""
    return row["validate"] > 1 or row["vote"] == "all"


def order(name):
    student, _, kind = name.partition("-")
    return (student, SETS.index(kind) if kind in SETS else len(SETS), kind)


def shown(row):
    """What became of each budget's pictures, by the end of its folder's name, with that of the run before it."""
    found = [(pathlib.Path(one["name"]), one) for one in row.get("attacked", [])]
    return {f"{place.parent.name}/{place.name}": one for place, one in found}


def lost(row):
    """How many points of clean accuracy differentiators cost."""
    return f"{100 * (row['clean_undefended'] - row['clean']):.1f}"


def rank(folder):
    """Folders of a run by the budget, others by their names before them."""
    run, _, budget = folder.rpartition("/dssim-")
    return (run, float(budget)) if run else (folder, 0.0)


def evaluated(runs):
    """Pictures made without the defence: a line for each ratio, number and vote."""
    folders = sorted({folder for _, run in runs for row in run["rows"] for folder in shown(row)}, key=rank)
    rows = [(name, row) for name, run in runs for row in filter(votes, run["rows"])]
    print("What differentiators cost on clean pictures\n")
    head(["clean", "undefended", "points lost", "clean rejected", "bytes"])
    for name, row in rows:
        cells = [share(row, "clean"), share(row, "clean_undefended"), lost(row), share(row, "rejected_clean")]
        print(line([*common(name, row), *cells, f"{row['bytes']:,}"]))
    print(f"\nOf {runs[-1][1]['images']} clean pictures.\n")
    if not folders:
        return
    fooling = shown(runs[-1][1]["rows"][-1])
    counts = {folder: fooling[folder]["fooling"] for folder in folders if folder in fooling}
    print("Pictures made without the defence that fool the student: how many of them are rejected\n")
    head([f"{folder}, of {counts.get(folder, '')}" for folder in folders])
    attacked(rows, folders, "stopped")
    print("Of all pictures made without the defence: rejected, or named rightly by the student in spite of the attack\n")
    head([f"{folder}, of {fooling[folder]['pictures'] if folder in fooling else ''}" for folder in folders])
    # the student alone rejects nothing: what it names rightly is what its attacker did not reach
    cells = []
    for folder in folders:
        found = fooling.get(folder)
        cells.append(counted(found["pictures"] - found["fooling"], found["pictures"]) if found else "")
    print(line(["none", "", "", "", *cells]))
    attacked(rows, folders, "rejected_or_right")


def attacked(rows, folders, field):
    """A line for each set and vote, a column for each folder of pictures."""
    for name, row in rows:
        found = shown(row)
        print(line([*common(name, row), *[share(found[f], field) if f in found else "" for f in folders]]))
    print()


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
        if name == "mimic":
            undefended(out.parent, student, answer)
    print()


def pairs(folder):
    """A run's records by source and target."""
    with (folder / "records.csv").open(newline="") as lines:
        return {(row["source"], row["target"]): row for row in csv.DictReader(lines)}


def undefended(out, student, answer):
    """The same pairs within the same budgets of the student alone, as far as it was mimicked so."""
    adaptive = next((out / "differentiators" / f"{student}-mimic").glob("prune-*"))
    run = out / "mimicked" / f"{student}-{answer['cutoff']}"
    for budget in sorted({row["dssim"] for row in answer["rows"]}):
        alone = within_budget(run, budget)
        found = pairs(alone) if alone else {}
        rows = [found[pair] for pair in pairs(within_budget(adaptive, budget)) if pair in found]
        if not rows:
            print(line([f"mimic of the student alone, DSSIM {budget:g}: no such pairs", *[""] * 8]))
            continue
        reached = sum(row["prediction"] == row["target_class"] for row in rows)
        right = sum(row["prediction"] == row["label"] for row in rows)
        cells = ["", counted(reached, len(rows)), f"**{counted(right, len(rows))}**", str(len(rows))]
        print(line([f"mimic of the student alone, DSSIM {budget:g}", "none", "", "", "", *cells]))


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
