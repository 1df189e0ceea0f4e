#!/bin/sh
# The rendered Swift package's tests under AddressSanitizer and ThreadSanitizer; `make swiftcheck` renders it first.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

if ! command -v swift >/dev/null; then
    echo 'swiftcheck: there is no swift on PATH; install Swift 6.1 or later' >&2
    exit 2
fi
mkdir -p build/swiftpm
for sanitizer in address thread; do
    log=build/swiftpm/$sanitizer.log
    BLAZEMESH_GOLDEN=$PWD/tests/golden swift test --package-path build/swift/BlazeMesh \
        --scratch-path "build/swiftpm/$sanitizer" --sanitize="$sanitizer" --disable-xctest >"$log" 2>&1 || {
        grep -v 'Cannot export local symbol' "$log" >&2
        exit 1
    }
    printf 'under the %s sanitizer: %s\n' "$sanitizer" "$(grep -Eo 'Test run with .* passed' "$log")"
done
