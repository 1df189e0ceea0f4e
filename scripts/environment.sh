#!/bin/sh
# environment.sh [FOLDER LOCK]: makes the environment, .venv, exactly as requirements.lock states it, or another one as its
# lock does; `make` runs this when it is needed.
# PYTHON=… chooses the interpreter; without it the first usable of those below is taken.
# Ends with exit code 2 and one last line on standard error if there is no environment in the end.
set -euf
CDPATH='' cd -- "$(dirname -- "$0")/.."
unset PYTHONPATH PYTHONHOME

venv=${1:-.venv}
lock=${2:-requirements.lock}

expected='CPython 3.11 to 3.13 with venv, on Linux x86-64 (glibc 2.28 or later) or macOS 14 or later on Apple silicon'

fail() {
    printf 'environment: %s\n' "$*" >&2
    exit 2
}

# give_up WHAT ADVICE: ends after pip failed; half an environment helps nobody.
give_up() {
    rm -rf "$venv"
    fail "pip $1 (its message is above); $2, then run make again"
}

# One line of facts about the interpreter that reads this: implementation, version, system, processor, C library or
# macOS release, whether environments can be made. Any Python from 2.6 on can run it.
facts='
import os, platform, sys, sysconfig
system = platform.system()
try:
    release = "macos-" + platform.mac_ver()[0] if system == "Darwin" else os.confstr("CS_GNU_LIBC_VERSION").replace(" ", "-")
except Exception:
    release = "other"
try:
    import ensurepip, venv
    environments = "venv"
except ImportError:
    environments = "no-venv"
implementation = platform.python_implementation()
if sysconfig.get_config_var("Py_GIL_DISABLED"):
    implementation = "free-threaded-" + implementation
processor = platform.machine() if sys.maxsize > 2 ** 32 else "32-bit"
print("%s %d.%d.%d %s %s %s %s" % ((implementation,) + sys.version_info[:3] + (system, processor, release, environments)))
'

# at_least 2.36 2 28: whether a release is not older than 2.28.
at_least() {
    major=${1%%.*}
    minor=${1#*.}
    minor=${minor%%.*}
    [ "$major" -gt "$2" ] || { [ "$major" -eq "$2" ] && [ "$minor" -ge "$3" ]; }
} 2>/dev/null

# refusal FACTS: says why an interpreter cannot be used; says nothing if it can.
refusal() {
    set -- $1
    [ $# -eq 6 ] || { echo 'does not run'; return; }
    case "$1 $2" in
    'CPython 3.11.'* | 'CPython 3.12.'* | 'CPython 3.13.'*) ;;
    *) echo "is $1 $2"; return ;;
    esac
    case "$3 $4 $5" in
    'Linux x86_64 glibc-'*) at_least "${5#glibc-}" 2 28 || { echo "runs on $5"; return; } ;;
    'Linux x86_64 '*) echo 'runs on Linux without glibc'; return ;;
    'Darwin arm64 macos-'*) at_least "${5#macos-}" 14 0 || { echo "runs on $5"; return; } ;;
    'Darwin x86_64 '*) echo 'is an Intel build (on an Intel Mac, or under Rosetta)'; return ;;
    *) echo "runs on $3 $4"; return ;;
    esac
    [ "$6" = venv ] || echo "has no venv or ensurepip (on Debian and Ubuntu: apt install python${2%.*}-venv)"
}

# Sets `python` to the first usable of the interpreters given, or ends with what was found instead.
choose() {
    found=''
    for python in "$@"; do
        if ! command -v "$python" >/dev/null 2>&1; then
            why='is not there'
        else
            why=$(refusal "$("$python" -c "$facts" 2>/dev/null </dev/null || true)")
            [ -n "$why" ] || return 0
        fi
        found="$found${found:+, }$python $why"
    done
    fail "found no usable Python: $found; expected $expected; install one, or name it with PYTHON=…"
}

if [ -n "${PYTHON:-}" ]; then
    choose "$PYTHON"
else
    choose python3 python3.13 python3.12 python3.11
fi

# Another run may be at work, or the pip that a killed one left: this file is locked, for this shell and all it starts.
exec 9<scripts/environment.sh
"$python" -c '
import fcntl, sys
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.stderr.write("environment: waiting for another run to end\n")
    fcntl.flock(9, fcntl.LOCK_EX)
' || fail 'could not lock scripts/environment.sh (the message is above); use a folder on a file system with locks'

echo "environment: making $venv with $("$python" --version)" >&2
rm -f "$venv/.ready"
"$python" -m venv --clear "$venv" ||
    fail "could not make $venv with $python (its message is above); check the folder and the disk, then run make again"

# pip's lines come down to one a package; its warnings and errors are shown as they are.
{
    "$venv/bin/python" -P -u -m pip install --no-user --disable-pip-version-check --require-hashes -r "$lock" &&
        : >"$venv/installed"
} | while read -r verb package _; do
    case $verb in
    Collecting) echo "  $package" >&2 ;;
    Installing) echo "environment: installing" >&2 ;;
    esac
done
[ -e "$venv/installed" ] ||
    give_up "could not install $lock" 'connect to a package index or free some disk space'
"$venv/bin/python" -P -m pip install --no-user --disable-pip-version-check --quiet --no-deps --no-build-isolation -e . ||
    give_up 'could not install this folder' 'check that the clone is whole'
: >"$venv/.ready"
