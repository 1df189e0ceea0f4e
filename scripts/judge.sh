#!/bin/sh
# Runs all of coremltools' operator tests against the reference executor, in an environment of its own, build/judge, which
# has what those tests compute expected values with: torch and scipy beside requirements.lock. Then the part of them that
# `make test` runs, in .venv. Rewrites tests/apple/*.json and docs/judged.md.
# PYTHON=… chooses the interpreter; without it that of .venv is taken. The first run fetches torch, which is large: on Linux
# the default index has it for GPUs only (several GB with its libraries). Where pip is told of an index or a folder that
# has a CPU build (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS), that one counts as the newer and is taken.
set -euf
CDPATH='' cd -- "$(dirname -- "$0")/.."
unset PYTHONPATH PYTHONHOME

torch='torch==2.13.0'
scipy='scipy==1.17.1'

fail() {
    printf 'judge: %s\n' "$*" >&2
    exit 2
}

# install WHAT …: pip in build/judge; half an environment helps nobody.
install() {
    what=$1
    shift
    build/judge/bin/python -P -m pip install --no-user --disable-pip-version-check --quiet "$@" || {
        rm -rf build/judge
        fail "pip could not install $what (its message is above); connect to a package index, then run make judge again"
    }
}

stamp=$(echo "$torch $scipy" | cat requirements.lock - | cksum)
if [ "$(cat build/judge/.ready 2>/dev/null)" != "$stamp" ]; then
    python=${PYTHON:-.venv/bin/python}
    command -v "$python" >/dev/null 2>&1 || fail "found no $python; run make test first, or name an interpreter with PYTHON=…"
    echo "judge: making build/judge with $("$python" --version)" >&2
    mkdir -p build
    "$python" -m venv --clear build/judge || fail "could not make build/judge (the message is above); check the disk"
    install requirements.lock --require-hashes -r requirements.lock
    install "$torch and $scipy" "$torch" "$scipy"
    install 'this folder' --no-deps --no-build-isolation -e .
    printf '%s\n' "$stamp" >build/judge/.ready
fi
build/judge/bin/python -m tests.apple whole
exec .venv/bin/python -m tests.apple part
