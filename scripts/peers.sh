#!/bin/sh
# Converts the face models with other converters, each in an environment of its own below build/peers, and with this
# project's, side by side in one run; writes docs/peers.md. A peer that can't be installed is said to be so.
# PYTHON=… chooses the interpreter of those environments; without it that of .venv-train is taken.
set -euf
CDPATH='' cd -- "$(dirname -- "$0")/.."
unset PYTHONPATH PYTHONHOME

# install NAME REQUIREMENT…: build/peers/NAME, made once; pip's complaint is kept beside it for the table.
install() {
    name=$1
    shift
    [ -e "build/peers/$name/.ready" ] && return
    echo "peers: installing $name" >&2
    "${PYTHON:-.venv-train/bin/python}" -m venv --clear "build/peers/$name"
    if "build/peers/$name/bin/python" -m pip install --quiet --disable-pip-version-check "$@" 2>"build/peers/$name/pip.log"; then
        : >"build/peers/$name/.ready"
    else
        echo "peers: $name can not be installed here; see build/peers/$name/pip.log" >&2
    fi
}

mkdir -p build/peers
install tf2onnx 'tf2onnx==1.17.0' 'tensorflow==2.21.0'
install tflite2onnx 'tflite2onnx==0.4.1'
# It names no requirements; these are what it imports. It also reads a model by TensorFlow's schema.fbs: SCHEMA=path.
install tflite2tensorflow 'tflite2tensorflow==1.22.0' 'tensorflow==2.21.0' pandas gdown requests flatc --pre
exec .venv-train/bin/python -m blazemesh.peers
