"""Prints what bench/extract.sh leaves as the tables of docs/results.md: extract_table.py OUT."""

import csv
import json
import pathlib
import sys

from tables import counted, line, share

VICTIMS = ["plain", "keyed", "encrypted", "held"]

# what is read off an encrypted model's weights, by the beginning of the grid's name: row, and what else the thief needs
SEARCHES = {
    "likeness": ("d-column-likeness", "likeness of columns; 32 labelled pictures"),
    "relaxation": ("d-relaxation", "relaxation; 200 labelled pictures"),
    "match": ("d-weight-match", "columns matched; the model it was made from"),
}


def head(cells, words):
    """A heading, of which the first cells are words and the others numbers."""
    print(line(cells))
    print(line(["---"] * words + ["---:"] * (len(cells) - words)))


def table(title, curves, cell):
    """A line for each curve, a column for each budget."""
    budgets = sorted({copy["budget"] for _, curve in curves for copy in curve["curve"]})
    print(f"{title}\n")
    head(["victim, copy, augmentation", "victim right", "queries", *[f"{budget:,}" for budget in budgets]], 1)
    for name, curve in curves:
        found = {copy["budget"]: cell(name, copy) for copy in curve["curve"]}
        victim = f"{100 * curve['victim_top1']:.1f}"
        cells = [found.get(budget, "") for budget in budgets]
        print(line([name, victim, f"{curve['queries']:,}", *cells]))
    print()


def stands(_, copy):
    return share(copy["transfer"], "robust_accuracy") if "transfer" in copy else ""


def agrees(_, copy):
    return f"{100 * copy['transfer']['agreement']:.1f}" if "transfer" in copy else ""


def lost(curves):
    """Answers that were paid for and are gone: a kill between question and disk takes them with it."""
    for name, curve in curves:
        for copy in curve["curve"]:
            missing = copy["queries"] - copy["fine_tune_queries"] - sum(copy["answers_per_class"])
            if missing:
                print(f"{name}: {missing} answers within {copy['budget']:,} questions were lost in a kill.")


def ratio(whole):
    """Macro F1 beside that of what the thief is after: an encrypted model with its key answers as the plain one."""

    def cell(name, copy):
        if not name.startswith("encrypted-"):
            return f"{100 * copy['macro_f1_ratio']:.1f}"
        return "" if whole is None else f"{100 * copy['macro_f1'] / whole:.1f}"

    return cell


def said(file):
    """What a model takes each picture for."""
    with open(file, newline="") as rows:
        return {row["file_or_index"]: row["top1"] for row in csv.DictReader(rows)}


def faithful(out):
    """Fidelity, of copies of encrypted models to the model with its key, which nobody asked."""

    def cell(name, copy):
        if not name.startswith("encrypted-"):
            return share(copy, "fidelity")
        kind = name.split("-")[1]
        files = [out / "models" / f"encrypted-{kind}.opened.csv", out / "predictions" / name / f"copy-{copy['budget']}.csv"]
        if not all(file.exists() for file in files):
            return ""
        opened, found = map(said, files)
        return counted(sum(found[picture] == answer for picture, answer in opened.items()), len(opened))

    return cell


def recovered(out, curves):
    """What a key is worth that was read off the weights: the thief asks nobody, and has the model."""
    rows = []
    for begin, (row, needs) in SEARCHES.items():
        for file in sorted(out.glob(f"grids/{begin}-*/threat.json")):
            kind = file.parent.name.removeprefix(begin + "-")
            grid = json.loads(file.read_text())
            found = next(one for one in grid["rows"] if one["row"] == row)
            without = {f"{100 * c['victim_top1']:.1f}" for name, c in curves if name.startswith(f"encrypted-{kind}-")}
            result = f"not run: {found['not_run']}" if "not_run" in found else opened(found, grid["images"])
            rows.append([kind, needs, ", ".join(without), result, share(grid, "clean_accuracy"), "0"])
    if not rows:
        return
    print("**Encrypted models in the hands of a thief who looks for the key in their weights, and asks nobody**\n")
    head(["key", "read off by; needs", "without a key", "**with the key found**", "with the right key", "queries"], 2)
    for row in rows:
        print(line(row))
    images = ", ".join(sorted({f"{json.loads(f.read_text())['images']:,}" for f in out.glob("grids/*/threat.json")}))
    print(f"\nWith keys by {images} pictures, without by those of the curves.\n")


def opened(found, images):
    accuracy = float(found["findings"]["clean accuracy behind the key"])
    return f"**{counted(round(accuracy * images), images)}**"


def order(name):
    victim = name.split("-")[0]
    return (VICTIMS.index(victim) if victim in VICTIMS else len(VICTIMS), name)


def main():
    out = pathlib.Path(sys.argv[1])
    folder = out / "curves"
    names = sorted((path.parent.name for path in folder.glob("*/extract.json")), key=order)
    curves = [(name, json.loads((folder / name / "extract.json").read_text())) for name in names]
    recovered(out, curves)
    if not curves:
        print("no curve is done yet")
        return
    images = ", ".join(sorted({f"{curve['images']:,}" for _, curve in curves}))
    how = "; ".join(sorted({curve["how"] for _, curve in curves}))
    print(f"{how}; judged by {images} pictures, shares in % with 95 % intervals, by budgets of questions")
    print("`queries`: pictures that the victim was shown for the whole curve, counted there. Victims called encrypted are")
    print("asked without their keys, and `victim right` is what they say so.\n")
    lost(curves)
    table("The copy's accuracy", curves, lambda _, copy: share(copy, "copy_top1"))
    whole = next((curve["victim_macro_f1"] for name, curve in curves if name.startswith("plain-")), None)
    title = "Its macro F1 over the victim's, % (of encrypted models: over that of the model with its key)"
    table(title, curves, ratio(whole))
    title = "Fidelity: copy and victim agree (of encrypted models: copy and the model **with** its key)"
    table(title, curves, faithful(out))
    asked = [(name, curve) for name, curve in curves if name.startswith("encrypted-")]
    if asked:
        title = "Fidelity to the twin **without** its key, which was asked"
        table(title, asked, lambda _, copy: share(copy, "fidelity"))
    if any("transfer" in copy for _, curve in curves for copy in curve["curve"]):
        threat = ", ".join(sorted({curve["threat"] for _, curve in curves if "threat" in curve}))
        table(f"The victim's accuracy on pictures made on the copy, {threat}", curves, stands)
        table("Copy and victim agree on pictures made on the copy, %", curves, agrees)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
