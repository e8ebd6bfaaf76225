"""Prints what bench/mimic.sh leaves as the tables of docs/results.md: mimic_table.py OUT."""

import csv
import json
import pathlib
import sys

from tables import line, share, wilson, within_budget

# the order of the students, those of other names behind them
STUDENTS = ["head", "full", "keyed"]


def place(run):
    """A run's student and cut-off, as its folder is called."""
    student, _, cutoff = run.partition("-")
    return (STUDENTS.index(student) if student in STUDENTS else len(STUDENTS), student, cutoff)


def first(out, name, answer, count):
    """A run's answer had it ended after so many pairs, to stand beside one of as many: the first of a seed are the same."""
    budgets = []
    for whole in answer["budgets"]:
        with (within_budget(out / "mimicked" / name, whole["budget"]) / "records.csv").open(newline="") as lines:
            rows = list(csv.DictReader(lines))[:count]
        distances = [(float(row["distance"]), float(row["distance_before"])) for row in rows]
        budgets.append(
            {
                "budget": whole["budget"],
                **part("targeted_success", sum(row["prediction"] == row["target_class"] for row in rows), count),
                **part("untargeted_success", sum(row["prediction"] != row["label"] for row in rows), count),
                "distance_left": sum(after / before if before else 0 for after, before in distances) / count,
                "dssim": {"mean": sum(float(row["dssim"]) for row in rows) / count},
                "steps": sum(int(row["steps"]) for row in rows) / count,
            }
        )
    return {**answer, "budgets": budgets, "pairs": count}


def part(name, count, whole):
    return {name: count / whole, name + "_interval": [bound / 100 for bound in wilson(count, whole)]}


def beside(out, runs):
    """The runs, and behind each what of it is of the pairs of a smaller one of the same student."""
    for name, answer in runs.items():
        yield name, answer
        student = name.partition("-")[0]
        smaller = {other["pairs"] for key, other in runs.items() if key.partition("-")[0] == student}
        for count in sorted((count for count in smaller if count < answer["pairs"]), reverse=True):
            yield name, first(out, name, answer, count)


def table(title, runs, cell):
    """A line for each student and cut-off, a column for each budget."""
    budgets = sorted({one["budget"] for _, answer in runs for one in answer["budgets"]})
    print(f"{title}\n")
    print(line(["student", "cut-off", "pairs", *[f"{budget:g}" for budget in budgets]]))
    print(line(["---", "---", *["---:"] * (len(budgets) + 1)]))
    for name, answer in runs:
        found = {one["budget"]: cell(one) for one in answer["budgets"]}
        student, _, cutoff = name.partition("-")
        print(line([student, cutoff, str(answer["pairs"]), *[found.get(budget, "") for budget in budgets]]))
    print()


def fingerprints(out):
    """What the student says of each candidate's pictures; the likeliest teacher has the lowest coefficient."""
    found = {file.stem.partition("-")[2]: json.loads(file.read_text()) for file in sorted(out.glob("fingerprint-*.json"))}
    if not found:
        return
    print("Whose student `head` is: Gini coefficient of each candidate, the lowest is the likeliest\n")
    print(line(["aim and layer", "candidate", "Gini", "confidence", "distance left"]))
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
    print("A run of fewer pairs has the first of those of a longer one, which has a line of them, too. 2000 is a run of at most")
    print("as many steps; a pair is left alone where 50 steps bring it no further.\n")
    lines = list(beside(out, runs))
    table("Taken for the target's class", lines, lambda one: share(one, "targeted_success"))
    table("Taken for any class but its own", lines, lambda one: share(one, "untargeted_success"))
    title = "Of the features' distance left, % (distances at different cut-offs do not compare)"
    table(title, lines, lambda one: f"{100 * one['distance_left']:.1f}")
    table("DSSIM of the pictures that were kept, mean", lines, lambda one: f"{one['dssim']['mean']:.4f}")
    table("Steps, mean", lines, lambda one: f"{one['steps']:.0f}")
    fingerprints(out)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
