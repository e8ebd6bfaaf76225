#!/usr/bin/env python3
"""Makes one Markdown table of what the parts of run.sh wrote. What was not measured stays empty.

    table.py results.jsonl
"""

import json
import pathlib
import sys

import subjects

OURS = "wardlock"
PRECISIONS = ("bf16", "bf16-warpgroups", "tf32", "f32")


def rows_of(file):
    rows = []
    for line in pathlib.Path(file).read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            pass  # a part that was stopped may have left half a line
    return rows


def table(head, body):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in body]
    return "\n".join(lines)


def number(value, digits=0):
    return "" if value is None else f"{value:,.{digits}f}"


def ratio(ours, other):
    return "" if ours is None or not other else f"{ours / other:.2f}"


def checks(rows):
    body = [
        [row["check"], row["result"], number(row.get("seconds"))]
        for row in rows
        if row.get("what") == "check"
    ]
    return table(["part", "result", "seconds"], body)


def products(rows):
    found = {}
    for row in rows:
        if row.get("what") == "gemm":
            found[row["engine"], row["product"].replace("_", " "), row["precision"]] = row["tflops"]
    body = []
    for name, m, k, n in subjects.PRODUCTS:
        line = [name, f"{m} x {k} x {n}"]
        for precision in PRECISIONS:
            ours = found.get((OURS, name, precision))
            cublas = found.get(("cublas", name, precision.split("-")[0]))
            line += [number(ours, 1), ratio(ours, cublas)]
        for precision in ("bf16", "tf32", "f32"):
            line.append(number(found.get(("cublas", name, precision)), 1))
        body.append(line)
    head = ["product", "rows x inner x columns"]
    for precision in PRECISIONS:
        head += [f"{precision}, TFLOP/s", "of cuBLAS"]
    return table(head + ["cuBLAS bf16", "cuBLAS tf32", "cuBLAS f32"], body)


def fastest(rows, **wanted):
    speeds = [
        row["images_per_second"]
        for row in rows
        if row.get("what") == "model" and all(row.get(key) == value for key, value in wanted.items())
    ]
    return max(speeds, default=None)


def models(rows):
    body = []
    for name, batch in subjects.MODELS:
        for mode in subjects.MODES:
            speeds = {"model": name, "mode": mode, "batch": batch}
            ours = {
                precision: fastest(rows, engine=OURS, precision=precision, **speeds)
                for precision in PRECISIONS
            }
            eager = fastest(rows, engine="eager", **speeds)
            compiled = fastest(rows, engine="compile", **speeds)
            best = max((speed for speed in ours.values() if speed is not None), default=None)
            body.append(
                [name, mode, str(batch)]
                + [number(ours[precision]) for precision in PRECISIONS]
                + [number(eager), number(compiled), ratio(best, eager), ratio(best, compiled)]
            )
    head = ["model", "step", "batch", *PRECISIONS, "PyTorch", "compiled"]
    return table(head + ["/ PyTorch", "/ compiled"], body)


def main():
    rows = rows_of(sys.argv[1])
    machine = next((row["machine"] for row in rows if row.get("what") == "machine"), "unknown GPU")
    print(f"On {machine}. PyTorch computes in bf16 by AMP, in the faster layout; its cells are pictures")
    print("a second, as ours are; what could not be measured is empty.\n")
    print(checks(rows), "\n")
    print(products(rows), "\n")
    print(models(rows))


if __name__ == "__main__":
    main()
