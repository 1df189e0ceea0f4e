"""The pipeline's networks in LiteRT: its fast kernels on one thread, and numpy for operators that it lacks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.anchors import AnchorRecipe
from pipelines.cutting import Cut, Segment, custom_kinds, cut
from pipelines.decoding import decode
from pipelines.detections import Detections
from pipelines.forms.landmarks import FaceMesh
from pipelines.interpreter import allocated
from pipelines.region_operators import KERNELS, computed, kernel
from pipelines.suppression import Thresholds, running_mean, suppress
from runtime.backends import Mesh
from runtime.errors import EngineError
from runtime.frames import Bytes

Array = NDArray[Any]
Values = dict[int, Array]


@dataclass(frozen=True)
class Output:
    """An output of a `.tflite`: its tensor's name, and the name and shape that it goes by here."""

    tensor: str
    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Source:
    """A `.tflite` with one picture as its input: its bytes, its file's name, its input's range, its outputs."""

    model: bytes
    file: str
    value_range: tuple[float, float]
    outputs: tuple[Output, ...]


class LiteRTNetwork:
    """A model that takes a square crop; EngineError if LiteRT doesn't run it or it has other outputs."""

    def __init__(self, source: Source) -> None:
        try:
            segmented = custom_kinds(source.model) & KERNELS.keys()
            levels = _levels(*source.value_range)
            self._engine = _Segments(source.model, levels) if segmented else _Whole(source.model, levels)
        except Exception as error:  # broken tables end in whatever the broken offset happens to hit
            raise EngineError(f"{source.file}: LiteRT does not run it: {' '.join(str(error).split())}") from error
        missing = [output.tensor for output in source.outputs if output.tensor not in self._engine.outputs]
        if missing:
            raise EngineError(f"{source.file} has outputs {', '.join(self._engine.outputs)}; expected {missing[0]}")
        self._outputs = source.outputs

    def run(self, crop: Bytes) -> dict[str, Array]:
        """The raw outputs by name for a crop [side, side, 3]."""
        found = self._engine.run(crop)
        return {output.name: found[output.tensor].reshape(output.shape) for output in self._outputs}


def _levels(low: float, high: float) -> Array:
    """What each of the 256 levels of a crop is to the network: multiplied and added in one rounding, as OpenCV does."""
    levels = np.arange(256) * float(np.float32((high - low) / 255)) + low
    return levels.astype(np.float32)


def _show(crop: Bytes, levels: Array, interpreter: Any, index: int) -> None:
    """Write the crop's levels into an input of the interpreter, in place."""
    tensor = interpreter.tensor(index)()[0]  # to be forgotten before the interpreter goes on
    if tensor.shape != crop.shape:
        raise EngineError(f"crop of shape {list(crop.shape)}; the network takes {list(tensor.shape)}")
    cv2.LUT(crop, levels, dst=tensor)


class _Whole:
    """A model that LiteRT runs in one go; its one input and its outputs by the names of their tensors."""

    def __init__(self, model: bytes, levels: Array) -> None:
        self._interpreter = allocated(model, delegate=True)
        (given,) = self._interpreter.get_input_details()
        self._input, self._levels = given["index"], levels
        self.outputs = {detail["name"]: detail["index"] for detail in self._interpreter.get_output_details()}

    def run(self, crop: Bytes) -> dict[str, Array]:
        _show(crop, self._levels, self._interpreter, self._input)
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self.outputs.items()}


class _Segments:
    """A model that LiteRT runs in segments, numpy in between; its values by the numbers of their tensors."""

    def __init__(self, model: bytes, levels: Array) -> None:
        parts = cut(model, KERNELS.keys())
        (picture,) = parts.inputs
        self._steps = [
            _segment(step, picture, levels) if isinstance(step, Segment) else _operator(step) for step in parts.steps
        ]
        self._constants, self._input = parts.constants, picture
        self.outputs = {parts.names[index]: index for index in parts.outputs}

    def run(self, crop: Bytes) -> dict[str, Array]:
        values: Values = {**self._constants, self._input: crop}
        for step in self._steps:
            step(values)
        return {name: values[index] for name, index in self.outputs.items()}


def _segment(segment: Segment, picture: int, levels: Array) -> Callable[[Values], None]:
    """Runs a segment; `picture` is the number of the model's input, of which the value is a crop."""
    interpreter = allocated(segment.model, delegate=True)
    inputs = [(int(detail["name"]), detail["index"]) for detail in interpreter.get_input_details()]
    outputs = [(int(detail["name"]), detail["index"]) for detail in interpreter.get_output_details()]

    def run(values: Values) -> None:
        for number, index in inputs:
            if number == picture:
                _show(values[number], levels, interpreter, index)
            else:
                interpreter.set_tensor(index, values[number])
        interpreter.invoke()
        values.update((number, interpreter.get_tensor(index)) for number, index in outputs)

    return run


def _operator(step: Cut) -> Callable[[Values], None]:
    operator = kernel(step.kind, step.options)

    def run(values: Values) -> None:
        values[step.output] = computed(operator, step.kind, [values[number] for number in step.inputs])

    return run


class LiteRTDetector:
    """A BlazeFace detector, decoded and suppressed by the twins of what the packages do."""

    def __init__(self, source: Source, recipe: AnchorRecipe, thresholds: Thresholds) -> None:
        self.side = recipe.input_side
        self._network, self._recipe, self._thresholds = LiteRTNetwork(source), recipe, thresholds

    def detect(self, crop: Bytes) -> Detections:
        """The faces in a crop [side, side, 3], the surest first, normalised to it."""
        raw = self._network.run(crop)
        candidates = decode(raw["regressors"], raw["logits"], self._recipe, self._thresholds.score)
        return suppress(candidates, self._thresholds, mean=running_mean)


class LiteRTMesh:
    """A mesh network, normalised and refined by the twins of what the packages do."""

    def __init__(self, source: Source, form: FaceMesh) -> None:
        self.side = form.mesh.side
        self._network, self._form = LiteRTNetwork(source), form

    def mesh(self, crop: Bytes) -> Mesh:
        """The mesh of the face in a crop [side, side, 3]."""
        found = self._form.finish(self._network.run(crop))
        return Mesh(found["landmarks"], float(found["presence"][0]))


def inference(model: bytes) -> Callable[[], None]:
    """Runs a model's inference alone, on zeros: what no pipeline around it can be faster than.

    Of a model that LiteRT runs in segments, all of them, and nothing in between.
    """
    models = [model]
    if custom_kinds(model) & KERNELS.keys():
        models = [step.model for step in cut(model, KERNELS.keys()).steps if isinstance(step, Segment)]
    interpreters = [allocated(each, delegate=True) for each in models]

    def invoke() -> None:
        for interpreter in interpreters:
            interpreter.invoke()

    return invoke
