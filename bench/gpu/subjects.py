"""What bench/gpu measures, in one place: GpuBench.java is given the same by run.sh."""

import os

# Pictures in a batch; rows of a transformer's products are pictures times 197 tokens.
BATCH = int(os.environ.get("WARDLOCK_GPU_BATCH", "128"))
TOKENS = 197
PIXELS = 32 * 32

MODELS = [
    ("vit_small_patch16_224", BATCH),
    ("vit_base_patch16_224", BATCH),
    ("convmixer_768_32", max(1, BATCH // 2)),
]
MODES = ["forward", "train", "pgd"]

EPSILON = 8 / 255
STEP_SIZE = 2 / 255


def _products():
    """(name, rows, inner, columns) of out = a b^T, as the layers' forward passes make them."""
    found = []
    for model, width in (("ViT-S", 384), ("ViT-B", 768)):
        rows = BATCH * TOKENS
        found.append((f"{model} qkv", rows, width, 3 * width))
        found.append((f"{model} projection", rows, width, width))
        found.append((f"{model} fc1", rows, width, 4 * width))
        found.append((f"{model} fc2", rows, 4 * width, width))
    found.append(("ConvMixer pointwise", BATCH // 2 * PIXELS, 768, 768))
    found.append(("square 4096", 4096, 4096, 4096))
    return found


PRODUCTS = _products()

if __name__ == "__main__":
    import sys

    if sys.argv[1:] == ["products"]:
        for name, rows, inner, columns in PRODUCTS:
            print(f"{name.replace(' ', '_')}:{rows}:{inner}:{columns}")
    elif sys.argv[1:] == ["models"]:
        for name, batch in MODELS:
            print(f"{name}:{batch}")
    elif sys.argv[1:] == ["names"]:
        for name, _ in MODELS:
            print(name)
    else:
        sys.exit("subjects.py products|models|names")
