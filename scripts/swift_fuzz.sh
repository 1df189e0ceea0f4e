#!/bin/sh
# The Swift core's readers and detector under libFuzzer and AddressSanitizer; its argument is how many seconds.
# Where there is no Swift it says so and ends with 0: there is nothing to run.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

seconds=$1
if [ "$(uname -s)" != Linux ] || ! command -v swiftc >/dev/null; then
    echo 'fuzzing the Swift core: skipped, there is no swiftc on PATH, or this is not Linux'
    exit 0
fi
mkdir -p build/fuzz/swift/corpus
find build/swift/BlazeMesh/Sources/BlazeMeshCore -name '*.swift' -print0 |
    xargs -0 swiftc -O -wmo -swift-version 6 -sanitize=fuzzer,address -parse-as-library -module-name FuzzCore \
        -o build/fuzz/swift/fuzzer swift_templates/fuzz/FuzzCore.swift 2>build/fuzz/swift/log || {
    cat build/fuzz/swift/log >&2
    exit 1
}
cd build/fuzz/swift
SWIFT_BACKTRACE=enable=no ./fuzzer -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 corpus >run.log 2>&1 || {
    tail -40 run.log >&2
    exit 1
}
grep -E 'number_of_executed_units|average_exec_per_sec' run.log
