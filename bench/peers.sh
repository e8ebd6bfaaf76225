#!/bin/sh
# Measures Wardlock beside PyTorch and ONNX Runtime: ./bench/peers.sh --help. Maven fetches the peers, at the first use.
set -eu

root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
JAVA_HOME=$("$root/bin/find-jdk")
export JAVA_HOME
class_path=$root/bench/target/peers/class-path

"$root/mvnw" -q -f "$root/pom.xml" -Ppeers -pl bench -am process-classes >&2
exec "$JAVA_HOME/bin/java" -Dai.djl.offline=true "-DDJL_CACHE_DIR=$root/bench/target/peers/natives" \
  --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  -cp "$root/bench/target/peers/classes:$(cat "$class_path")" org.wardlock.bench.peers.Peers "$@"
