#!/bin/sh
# Makes bench/target/gpu, all that bench/gpu/run.sh needs on a machine with a GPU, Python and neither Java nor Maven:
# a Java run-time for Linux on x86-64, our jars with the tests for CUDA, and golden values. Run it on Linux on x86-64.
set -eu

root=$(dirname -- "$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")")
JAVA_HOME=$("$root/bin/find-jdk")
export JAVA_HOME
bundle=$root/bench/target/gpu
shared=${WARDLOCK_SHARED:-$root/../shared}

rm -rf "${bundle:?}/lib" "$bundle/natives" "$bundle/shared"
mkdir -p "$bundle"
"$root/mvnw" -q -f "$root/pom.xml" -Pgpu -pl bench -am -DskipTests package
find "$root/bench/target" -maxdepth 1 -name 'wardlock-bench-*.jar' -exec cp {} "$bundle/lib" \;

# Packed once for each JDK, since it takes a minute. What is compressed as a whole need not be compressed within.
modules=java.base,java.desktop,java.logging,java.management,jdk.incubator.vector,jdk.management,jdk.unsupported,jdk.zipfs
of="$modules of $(cat "$JAVA_HOME/release")"
if [ ! -e "$bundle/runtime.tar.xz" ] || [ "$of" != "$(cat "$bundle/runtime.of" 2>/dev/null)" ]; then
  rm -rf "$bundle/runtime" "$bundle/runtime.of"
  "$JAVA_HOME/bin/jlink" --output "$bundle/runtime" --add-modules "$modules" \
    --strip-debug --no-header-files --no-man-pages --compress zip-0
  tar -C "$bundle" -cJf "$bundle/runtime.tar.xz" runtime
  echo "$of" >"$bundle/runtime.of"
fi
rm -rf "$bundle/runtime" # made again from the archive, by run.sh

models=$bundle/shared/golden/models
mkdir -p "$models"
for name in convmixer_h32_l3_k5_p4_32_train vit_d64_l3_h4_p4_32; do
  if [ -e "$shared/golden/models/$name.safetensors" ]; then
    cp "$shared/golden/models/$name.safetensors" "$models"
  else
    echo "prepare.sh: $shared has no $name: golden tests will be skipped; WARDLOCK_SHARED names the folder" >&2
  fi
done
chmod -R u+w "$bundle"
echo "$bundle: $(du -sm "$bundle" | cut -f 1) MiB"
