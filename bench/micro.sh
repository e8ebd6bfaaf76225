#!/bin/sh
# Runs the JMH micro-benchmarks of the kernels: bench/micro.sh [JMH's options], bench/micro.sh -h for these.
# bench/micro.sh GemmBenchmark -p shape=SQUARE -p threads=1
set -eu

root=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
JAVA_HOME=$("$root/bin/find-jdk")
export JAVA_HOME

"$root/mvnw" -q -f "$root/pom.xml" -Ppair -pl bench -am process-classes >&2
exec "$JAVA_HOME/bin/java" --add-modules jdk.incubator.vector \
  -cp "$root/bench/target/classes:$(cat "$root/bench/target/class-path")" org.openjdk.jmh.Main "$@"
