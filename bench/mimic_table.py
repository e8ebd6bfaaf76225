"""Prints what bench/mimic.sh leaves as the tables of docs/results.md: mimic_table.py OUT."""

import json
import pathlib
import sys

from tables import line, share

# the order of the students, those of other names behind them
STUDENTS = ["head", "full", "keyed"]


def place(run):
    """A run's student and cut-off, as its folder is called."""
    student, _, cutoff = run.partition("-")
    return (STUDENTS.index(student) if student in STUDENTS else len(STUDENTS), student, cutoff)


def table(title, runs, cell):
    """A line for each student and cut-off, a column for each budget."""
    budgets = sorted({one["budget"] for answer in runs.values() for one in answer["budgets"]})
    print(f"{title}\n")
    print(line(["student", "cut-off", *[f"{budget:g}" for budget in budgets], "pairs"]))
    print(line(["---", "---", *["---:"] * (len(budgets) + 1)]))
    for name, answer in runs.items():
        found = {one["budget"]: cell(one) for one in answer["budgets"]}
        student, _, cutoff = name.partition("-")
        print(line([student, cutoff, *[found.get(budget, "") for budget in budgets], str(answer["pairs"])]))
    print()


def fingerprints(out):
    """What the student says of each candidate's pictures; the likeliest teacher has the lowest coefficient."""
    found = {aim: out / f"fingerprint-{aim}.json" for aim in ("mean", "zero")}
    found = {aim: json.loads(file.read_text()) for aim, file in found.items() if file.exists()}
    if not found:
        return
    print("Whose student `head` is: Gini coefficient of each candidate, the lowest is the likeliest\n")
    print(line(["aim", "candidate", "Gini", "confidence", "distance left"]))
    print(line(["---", "---", "---:", "---:", "---:"]))
    for aim, answer in found.items():
        for candidate in answer["candidates"]:
            name = pathlib.Path(candidate["teacher"].rpartition(":")[2]).name
            numbers = [f"{candidate[field]:.3f}" for field in ("gini", "confidence", "distance_left")]
            print(line([aim, name, *numbers]))


def main():
    out = pathlib.Path(sys.argv[1])
    names = sorted((file.parent.name for file in out.glob("mimicked/*/mimic.json")), key=place)
    runs = {name: json.loads((out / "mimicked" / name / "mimic.json").read_text()) for name in names}
    if not runs:
        print("no student is mimicked yet")
        return
    scales = ", ".join(sorted({str(answer["scales"]) for answer in runs.values()}))
    print(f"By the largest DSSIM; shares of the pairs in %, {next(iter(runs.values()))['interval']}.")
    print(f"MS-SSIM at {scales} of 5 scales.\n")
    table("Taken for the target's class", runs, lambda one: share(one, "targeted_success"))
    table("Taken for any class but its own", runs, lambda one: share(one, "untargeted_success"))
    table("Of the features' distance left, %", runs, lambda one: f"{100 * one['distance_left']:.1f}")
    fingerprints(out)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
