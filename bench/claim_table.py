"""Prints the clean accuracies of the claim of docs/results.md: claim_table.py MODELS."""

import json
import pathlib
import sys

from tables import line

NETWORKS = {"deit": "DeiT-Tiny, fine-tuned", "convmixer": "ConvMixer, from scratch", "resnet": "ResNet-20, from scratch"}
KEYS = {"plain": "none", "shuffle": "shuffle", "negate": "negate"}


def main():
    folder = pathlib.Path(sys.argv[1])
    print(line(["key", *NETWORKS.values()]))
    print(line(["---", *["---:"] * len(NETWORKS)]))
    # the table is printed when all nine are trained
    runs = {(n, k): json.loads((folder / f"{n}-{k}.json").read_text()) for n in NETWORKS for k in KEYS}
    for key, text in KEYS.items():
        print(line([text, *[f"{100 * runs[network, key]['final']['val_top1']:.2f}" for network in NETWORKS]]))
    learning = [f"{runs[network, 'plain']['trainable_parameters']:,}" for network in NETWORKS]
    print(line(["parameters that learn", *learning]))


if __name__ == "__main__":
    main()
