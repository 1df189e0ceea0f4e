#!/bin/sh
# Writes tests/golden/*.json with MediaPipe itself, in an environment of its own, build/golden, exactly as golden.lock
# states it: MediaPipe needs an older numpy than everything else here. `make golden` runs this; no test does. With the
# argument `environment`, as `make bench` runs it, it makes that and nothing else.
# PYTHON=… chooses the interpreter. Ends with exit code 2 and one last line on standard error if it can't.
set -euf
CDPATH='' cd -- "$(dirname -- "$0")/.."
unset PYTHONPATH PYTHONHOME

fail() {
    printf 'golden: %s\n' "$*" >&2
    exit 2
}

# Whether MediaPipe 0.10.21 is published for an interpreter, and an environment can be made with it.
usable='
import platform, sys
import ensurepip, venv
system = (platform.system(), platform.machine()) in (("Linux", "x86_64"), ("Darwin", "arm64"))
sys.exit(not (system and platform.python_implementation() == "CPython" and sys.version_info[:2] in ((3, 11), (3, 12))))
'

# Sets `python` to the first usable of the interpreters given.
choose() {
    for python in "$@"; do
        ! "$python" -c "$usable" >/dev/null 2>&1 </dev/null || return 0
    done
    fail "none of these is usable: $*; expected CPython 3.11 or 3.12 with venv, on Linux x86-64 or macOS on Apple" \
        "silicon; install one, or name it with PYTHON=…"
}

# The stamp is the lock that the environment was made of.
if ! cmp -s golden.lock build/golden/.ready; then
    if [ -n "${PYTHON:-}" ]; then
        choose "$PYTHON"
    else
        choose python3 python3.12 python3.11
    fi
    echo "golden: making build/golden with $("$python" --version)" >&2
    "$python" -m venv --clear build/golden || fail "could not make build/golden with $python (its message is above)"
    # MediaPipe also asks for packages that no graph of faces needs; the lock is whole without them.
    build/golden/bin/python -P -m pip install --no-user --disable-pip-version-check --quiet --no-deps --require-hashes \
        -r golden.lock || fail 'pip could not install golden.lock (its message is above); connect to a package index'
    cp golden.lock build/golden/.ready
fi

[ "${1:-}" != environment ] || exit 0

# MediaPipe tells of its workings on standard error; they are of interest where it fails.
PYTHONDONTWRITEBYTECODE=1 build/golden/bin/python -m blazemesh.golden 2>build/golden/log || {
    cat build/golden/log >&2
    echo 'golden: MediaPipe did not compute the vectors (its messages are above)' >&2
    exit 1
}
