#!/usr/bin/env bash
# Checks and measures Wardlock on an NVIDIA GPU, beside PyTorch on the same card, in one call of at most nine minutes:
#   bench/gpu/prepare.sh   (once, where there are a JDK and Maven; it makes bench/target/gpu)
#   bench/gpu/run.sh       (where there is the GPU, with bench/target/gpu; needs bash and Python 3)
# Writes table.md, results.jsonl and logs into the folder that OUT names (default: bench/target/gpu/out), and prints the
# table. Each part has a time limit of its own; what could not be checked or measured is said, or left empty.
# WARDLOCK_GPU_BATCH (128), WARDLOCK_GPU_SECONDS (1.5, each measurement) and WARDLOCK_GPU_LIMIT (530, the whole) change it.
set -uo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bundle=${here%/gpu}/target/gpu
out=${OUT:-$bundle/out}
seconds=${WARDLOCK_GPU_SECONDS:-1.5}
limit=${WARDLOCK_GPU_LIMIT:-530}
results=$out/results.jsonl
failed=0

if [[ ! -e $bundle/runtime.tar.xz ]]; then
  echo "run.sh: $bundle/runtime.tar.xz is missing: run bench/gpu/prepare.sh where there are a JDK and Maven" >&2
  exit 2
fi
mkdir -p "$out"
rm -f "$out"/*.log "$out/table.md" "$results"

left() {
  echo $((limit - SECONDS))
}

# note NAME RESULT SECONDS: a row of the table's first part.
note() {
  printf '{"what": "check", "check": "%s", "result": "%s", "seconds": %d}\n' "$1" "$2" "$3" >>"$results"
}

# part NAME LIMIT LOG COMMAND...: does it, within its own limit and what is left of the whole.
part() {
  local name=$1 most=$2 log=$out/$3.log start=$SECONDS status result
  shift 3
  if ((most > $(left))); then
    most=$(left)
  fi
  if ((most < 5)); then
    note "$name" "not done: no time was left" 0
    return 1
  fi
  echo "==== $name" >>"$log"
  timeout --kill-after=5 "$most" "$@" >>"$log" 2>&1
  status=$?
  case $status in
    0) result=passed ;;
    124 | 137) result="stopped after $most s" ;;
    *) result="failed with $status, see $(basename "$log")" ;;
  esac
  note "$name" "$result" $((SECONDS - start))
  echo "$name: $result" >&2
  return "$status"
}

# check ...: a part that must pass.
check() {
  part "$@" || failed=1
}

unpack() {
  if [[ ! -x $bundle/runtime/bin/java ]]; then
    python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' \
      "$bundle/runtime.tar.xz" "$bundle"
  fi
}
unpack 2>"$out/unpack.log" || {
  cat "$out/unpack.log" >&2
  exit 2
}
rm -f "$out/unpack.log"

java=(
  "$bundle/runtime/bin/java" -Xmx8g --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED
  "-Dwardlock.shared=$bundle/shared" -cp "$bundle/lib/*:$bundle/natives"
)

# finish: the table of whatever there is.
finish() {
  trap - EXIT
  kill "${background[@]}" 2>/dev/null
  cat "$out"/*check.log >"$out/sanitizers.log" 2>/dev/null
  rm -f "$out"/*check.log
  python3 "$here/table.py" "$results" >"$out/table.md"
  cat "$out/table.md"
  exit "$failed"
}
background=()
trap finish EXIT
trap 'exit 130' INT TERM

check "a CUDA device is found" 60 checks \
  bash -c '"$@" | tee /dev/stderr | grep -q "cuda:0: "' _ "${java[@]}" org.wardlock.cli.Main doctor
((failed == 0)) || exit 1
sed -n 's/^device *cuda:0: \(.*\)/{"what": "machine", "machine": "\1"}/p' "$out/checks.log" | head -n 1 >>"$results"

# What PyTorch compiles takes minutes and little of the GPU: it goes on beside the checks, and is found in a cache after.
if python3 -c 'import torch, timm' 2>>"$out/peers.log"; then
  peers=1
  for model in $(python3 "$here/subjects.py" names); do
    timeout --kill-after=5 240 python3 "$here/peers.py" models --engine compile --warm --model "$model" \
      --out /dev/null >>"$out/peers.log" 2>&1 &
    background+=($!)
  done
else
  peers=0
  note "PyTorch" "not compared: python3 has no torch or no timm" 0
fi

# ---- is it right

watched=()
for tool in memcheck racecheck synccheck; do
  if command -v compute-sanitizer >/dev/null; then
    (
      failed=0
      check "each kernel under compute-sanitizer's $tool" 120 "$tool" \
        compute-sanitizer --tool "$tool" --error-exitcode 9 --target-processes all \
        "${java[@]}" org.wardlock.kernels.cuda.EveryCudaKernel
      exit "$failed"
    ) &
    watched+=($!)
  else
    note "each kernel under compute-sanitizer's $tool" "not done: there is no compute-sanitizer" 0
  fi
done
check "the contract, fused kernels, golden networks and repeated steps" 150 checks \
  "${java[@]}" org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=tree \
  --fail-if-no-tests --include-tag cuda-device --include-classname '.*' \
  --config "jqwik.database=$bundle/jqwik-database" \
  --scan-classpath "$(ls "$bundle"/lib/wardlock-kernels-cuda-*-tests.jar)"
for process in "${watched[@]}"; do
  wait "$process" || failed=1
done
for process in "${background[@]}"; do
  wait "$process"
done
background=()

# ---- how fast is it: nothing else runs meanwhile

mapfile -t models < <(python3 "$here/subjects.py" models)
mapfile -t products < <(python3 "$here/subjects.py" products)

# ours PRECISION: the JVM's option for it
ours() {
  case $1 in
    bf16-warpgroups) echo -Dwardlock.cuda.warpgroups=true ;;
    tf32) echo -Dwardlock.cuda.tf32=true ;;
    *) echo -Dwardlock.cuda.tf32=false ;;
  esac
}

measure_models() {
  part "Wardlock's models in $1" "$2" wardlock "${java[@]}" "$(ours "$1")" \
    org.wardlock.bench.gpu.GpuBench models "$1" "$seconds" "$results" "${models[@]}"
}

measure_products() {
  part "Wardlock's products in $1" "$2" wardlock "${java[@]}" "$(ours "$1")" \
    org.wardlock.bench.gpu.GpuBench gemm "$1" 0.3 "$results" "${products[@]}"
}

measure_peer() {
  if ((peers)); then
    part "PyTorch's $1" "$2" peers python3 "$here/peers.py" "${@:3}" --out "$results"
  fi
}

# Only Hopper has warpgroups; elsewhere it would be the same again.
hopper=0
! grep -q 'cuda:0: .*compute capability 9\.0' "$out/checks.log" || hopper=1

measure_models bf16 60
((hopper == 0)) || measure_models bf16-warpgroups 50
measure_peer "compiled models" 90 models --engine compile --seconds "$seconds"
measure_peer "models" 60 models --engine eager --seconds "$seconds"
measure_products bf16 25
((hopper == 0)) || measure_products bf16-warpgroups 25
measure_products tf32 25
measure_peer "products" 30 gemm --seconds 0.2
measure_models tf32 60
measure_products f32 25
measure_models f32 60
