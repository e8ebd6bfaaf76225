#!/bin/sh
# Measures two builds side by side: bench/pair.sh OLD NEW MODEL[@SIZE][:BATCH] MODE [SECONDS]
# OLD and NEW are checkouts; MODE is forward, train or input-gradient.
set -eu

if [ $# -lt 4 ]; then
  sed -n '2,3s/^# //p' "$0" >&2
  exit 2
fi
root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
JAVA_HOME=$("$root/bin/find-jdk")
export JAVA_HOME

for checkout in "$1" "$2" "$root"; do
  "$checkout/mvnw" -q -f "$checkout/pom.xml" -Ppair -pl bench -am process-classes >&2
done
exec "$JAVA_HOME/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  -Dwardlock.kernels=vector -cp "$root/bench/target/classes" org.wardlock.bench.BuildPair \
  "$(cat "$1/bench/target/class-path")" "$(cat "$2/bench/target/class-path")" "$3" "$4" "${5:-20}"
