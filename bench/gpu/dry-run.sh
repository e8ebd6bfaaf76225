#!/bin/sh
# Runs bench/gpu/run.sh on a stub of NVIDIA's driver, which computes next to nothing: whether its parts hang together, where
# there is no GPU. Tests of what is computed fail, and the numbers mean nothing. bench/gpu/prepare.sh comes first.
set -eu

root=$(dirname -- "$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")")
folder=$root/bench/target/gpu-dry-run
mkdir -p "$folder"
gcc -shared -fPIC -O1 -Wl,-soname,libcuda.so.1 -o "$folder/libcuda.so.1" \
  "$root/kernels/cuda/src/test/resources/org/wardlock/kernels/cuda/stub.c"
LD_LIBRARY_PATH=$folder OUT=$folder WARDLOCK_STUB_MEMORY=64 \
  WARDLOCK_GPU_BATCH=2 WARDLOCK_GPU_SECONDS=0.1 "$root/bench/gpu/run.sh"
