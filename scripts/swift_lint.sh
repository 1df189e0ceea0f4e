#!/bin/sh
# The style of the Swift sources; what is rendered from templates is looked at by the tests. Where there is no Swift it
# says so and ends with 0.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

if ! command -v swift >/dev/null; then
    echo 'Swift style: skipped, there is no swift on PATH'
    exit 0
fi
swift format lint --strict --recursive swift_templates tests/apple_fakes
