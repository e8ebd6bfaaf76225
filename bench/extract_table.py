"""Prints the curves of bench/extract.sh as the tables of docs/results.md: extract_table.py CURVES."""

import json
import pathlib
import sys

VICTIMS = ["plain", "keyed", "encrypted", "held"]


def share(part, name):
    """A share in per cent with its interval."""
    low, high = part[name + "_interval"]
    return f"{100 * part[name]:.1f} ({100 * low:.1f}-{100 * high:.1f})"


def line(cells):
    return "| " + " | ".join(cells) + " |"


def table(title, curves, cell):
    """A line for each curve, a column for each budget."""
    budgets = sorted({copy["budget"] for _, curve in curves for copy in curve["curve"]})
    print(f"{title}\n")
    print(line(["victim, copy, augmentation", "victim right", *[f"{budget:,}" for budget in budgets]]))
    print(line(["---", *["---:"] * (1 + len(budgets))]))
    for name, curve in curves:
        found = {copy["budget"]: cell(copy) for copy in curve["curve"]}
        victim = f"{100 * curve['victim_top1']:.1f}"
        print(line([name, victim, *[found.get(budget, "") for budget in budgets]]))
    print()


def stands(copy):
    return share(copy["transfer"], "robust_accuracy") if "transfer" in copy else ""


def ratio(copy):
    return "" if copy["macro_f1_ratio"] is None else f"{100 * copy['macro_f1_ratio']:.1f}"


def agrees(copy):
    return f"{100 * copy['transfer']['agreement']:.1f}" if "transfer" in copy else ""


def order(name):
    victim = name.split("-")[0]
    return (VICTIMS.index(victim) if victim in VICTIMS else len(VICTIMS), name)


def main():
    folder = pathlib.Path(sys.argv[1])
    names = sorted((path.parent.name for path in folder.glob("*/extract.json")), key=order)
    curves = [(name, json.loads((folder / name / "extract.json").read_text())) for name in names]
    if not curves:
        print("no curve is done yet")
        return
    images = ", ".join(sorted({f"{curve['images']:,}" for _, curve in curves}))
    how = ", ".join(sorted({curve["how"] for _, curve in curves}))
    print(f"{how}; judged by {images} pictures, shares in % with 95 % intervals, by questions asked\n")
    table("The copy's accuracy", curves, lambda copy: share(copy, "copy_top1"))
    # an encrypted model with its key is the plain one, and that is what a thief is after
    whole = next((curve["victim_macro_f1"] for name, curve in curves if name.startswith("plain-")), None)
    for name, curve in curves:
        if name.startswith("encrypted-"):
            for copy in curve["curve"]:
                copy["macro_f1_ratio"] = None if whole is None else copy["macro_f1"] / whole
    title = "Its macro F1 over the victim's, % (of a model without its key: over that of the model with it)"
    table(title, curves, ratio)
    table("Fidelity: copy and victim agree", curves, lambda copy: share(copy, "fidelity"))
    if any("transfer" in copy for _, curve in curves for copy in curve["curve"]):
        threat = ", ".join(sorted({curve["threat"] for _, curve in curves if "threat" in curve}))
        table(f"The victim's accuracy on pictures made on the copy, {threat}", curves, stands)
        table("Copy and victim agree on pictures made on the copy, %", curves, agrees)


if __name__ == "__main__":
    main()
