"""coremltools' protobuf classes, imported without the warnings that the import prints off macOS."""

import logging
from types import ModuleType
from typing import NamedTuple


class Proto(NamedTuple):
    """The two generated modules that describe a saved package, and what parsing damaged bytes raises."""

    model: ModuleType
    mil: ModuleType
    decode_error: type[Exception]


class _NativeModuleNoise(logging.Filter):
    """Drops coremltools' remarks about its native modules, which exist on macOS only and which nothing here uses."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Failed to load _ML")


_NOISE = _NativeModuleNoise()


def load_proto() -> Proto:
    """Model_pb2 and MIL_pb2; the first call imports coremltools (0.7 s)."""
    logging.getLogger("coremltools").addFilter(_NOISE)
    from coremltools.proto import MIL_pb2, Model_pb2
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    return Proto(model=Model_pb2, mil=MIL_pb2, decode_error=DecodeError)
