#!/bin/sh
# The fuzzer that is guided by coverage, in an environment of its own: build/fuzz/venv, .venv's packages beside atheris.
# Its argument is how many seconds it fuzzes. Where atheris can't be installed it says so and ends with 0: there is nothing to run.
set -eu
CDPATH='' cd -- "$(dirname -- "$0")/.."

seconds=$1
python=build/fuzz/venv/bin/python
[ -x "$python" ] || .venv/bin/python -m venv --clear build/fuzz/venv
if ! "$python" -c 'import atheris' 2>/dev/null &&
    ! "$python" -m pip install --quiet --disable-pip-version-check 'atheris==3.0.0' 2>build/fuzz/pip.log; then
    printf 'guided fuzzing skipped: atheris 3.0.0 can not be installed here (%s, %s); see build/fuzz/pip.log\n' \
        "$("$python" -V)" "$(uname -sm)"
    exit 0
fi
packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
PYTHONPATH="$packages" exec "$python" tests/fuzz/guided.py "$seconds"
