#!/usr/bin/env python3
"""Measures PyTorch on the GPU that Wardlock is measured on: matrix products and whole models.

Each result is a line of JSON, written as soon as it is known, so that a run that is cut short leaves
what it had. Times are medians of CUDA events after warming up.

    peers.py gemm   --seconds 0.3 --out peers.jsonl
    peers.py models --engine eager|compile --seconds 2 --out peers.jsonl [--warm]
"""

import argparse
import json
import statistics
import sys
import time

import subjects


def write(path, **row):
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(json.dumps(row), flush=True)


def median_seconds(torch, step, seconds):
    """The median time of a step, in groups long enough for the events' resolution."""
    step()
    torch.cuda.synchronize()
    start = time.perf_counter()
    step()
    torch.cuda.synchronize()
    once = max(time.perf_counter() - start, 1e-6)
    group = max(1, int(2e-3 / once))
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        before = torch.cuda.Event(enable_timing=True)
        after = torch.cuda.Event(enable_timing=True)
        before.record()
        for _ in range(group):
            step()
        after.record()
        after.synchronize()
        times.append(before.elapsed_time(after) / 1e3 / group)
    return statistics.median(times)


def gemm(torch, arguments):
    precisions = {
        "bf16": (torch.bfloat16, False),
        "tf32": (torch.float32, True),
        "f32": (torch.float32, False),
    }
    for product in subjects.PRODUCTS:
        name, rows, inner, columns = product
        for precision, (dtype, tf32) in precisions.items():
            torch.backends.cuda.matmul.allow_tf32 = tf32
            a = torch.randn(rows, inner, device="cuda").to(dtype)
            b = torch.randn(columns, inner, device="cuda").to(dtype)
            seconds = median_seconds(torch, lambda a=a, b=b: a @ b.t(), arguments.seconds)
            flops = 2.0 * rows * inner * columns
            write(
                arguments.out,
                what="gemm",
                engine="cublas",
                product=name,
                precision=precision,
                tflops=flops / seconds / 1e12,
            )


def forward_step(torch, model, images, _labels):
    model.eval()

    def step():
        with torch.no_grad(), torch.autocast("cuda", dtype=torch.bfloat16):
            return model(images)

    return step


def train_step(torch, model, images, labels):
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, fused=True)
    criterion = torch.nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()

    return step


def pgd_step(torch, model, images, labels):
    """One step in L-infinity around the pictures; the network asks for no gradient of its own."""
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    epsilon, size = subjects.EPSILON, subjects.STEP_SIZE
    low = (images - epsilon).clamp(0, 1)
    high = (images + epsilon).clamp(0, 1)
    criterion = torch.nn.CrossEntropyLoss(reduction="sum")
    state = {"x": images.clone()}

    def step():
        x = state["x"].detach().requires_grad_(True)
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = criterion(model(x), labels)
        (gradient,) = torch.autograd.grad(loss, x)
        with torch.no_grad():
            state["x"] = torch.minimum(torch.maximum(x + size * gradient.sign(), low), high)

    return step


STEPS = {"forward": forward_step, "train": train_step, "pgd": pgd_step}


def layouts(torch, name):
    """Convolutions may prefer channels last; transformers have one convolution, on patches."""
    both = [("contiguous", torch.contiguous_format), ("channels_last", torch.channels_last)]
    return both if name.startswith("convmixer") else both[:1]


def measure_model(torch, timm, arguments, name, batch, mode, layout):
    torch.manual_seed(0)
    model = timm.create_model(name, pretrained=False).cuda().to(memory_format=layout[1])
    images = torch.rand(batch, 3, 224, 224, device="cuda").to(memory_format=layout[1])
    labels = torch.randint(0, 1000, (batch,), device="cuda")
    run = torch.compile(model) if arguments.engine == "compile" else model
    step = STEPS[mode](torch, run, images, labels)
    if arguments.warm:
        step()
        torch.cuda.synchronize()
        return
    for _ in range(3):
        step()
    seconds = median_seconds(torch, step, arguments.seconds)
    write(
        arguments.out,
        what="model",
        engine=arguments.engine,
        model=name,
        mode=mode,
        batch=batch,
        layout=layout[0],
        images_per_second=batch / seconds,
    )


def models(torch, arguments):
    import timm

    failed = 0
    for name, batch in subjects.MODELS:
        if arguments.model not in (None, name):
            continue
        for mode in subjects.MODES:
            for layout in layouts(torch, name):
                if arguments.engine == "compile" and layout[0] == "contiguous":
                    # compiling costs half a minute: only in the layout that wins where there are two
                    if len(layouts(torch, name)) > 1:
                        continue
                try:
                    measure_model(torch, timm, arguments, name, batch, mode, layout)
                except Exception as error:  # one model that fails leaves the others
                    failed = 1
                    print(f"{name} {mode} {layout[0]}: {error}", file=sys.stderr, flush=True)
                torch.cuda.empty_cache()
                if arguments.engine == "compile":
                    torch._dynamo.reset()
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["gemm", "models"])
    parser.add_argument("--engine", choices=["eager", "compile"], default="eager")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--out", required=True)
    parser.add_argument("--model", help="this one alone")
    parser.add_argument("--warm", action="store_true", help="compile, and measure nothing")
    arguments = parser.parse_args()

    import torch

    if not torch.cuda.is_available():
        print("PyTorch finds no CUDA device", file=sys.stderr)
        return 2
    torch.backends.cudnn.benchmark = True
    if arguments.what == "gemm":
        gemm(torch, arguments)
        return 0
    return models(torch, arguments)


if __name__ == "__main__":
    sys.exit(main())
