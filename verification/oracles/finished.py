"""What a package must answer whose program goes on behind its network: the numpy twin on the original's raw outputs."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import FormError, ShapeError
from pipelines.forms.detections import Faces, Vision
from pipelines.forms.form import Form
from pipelines.forms.reading import read_form
from pipelines.suppression import Thresholds
from verification.oracles.errors import OracleError

Array = NDArray[Any]


class Finished:
    """The final outputs of a package, as its metadata describe them."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.units = {output.name: output.unit for output in form.outputs}
        self.defaults = {scalar.name: scalar.default for scalar in form.scalars}

    def outputs(self, raw: Mapping[str, Array]) -> dict[str, Array]:
        """The package's outputs for the network's, by the names of both; OracleError where these don't fit."""
        try:
            return self._form.finish(raw)
        except (ShapeError, KeyError) as error:
            raise OracleError(f"its metadata describe another network: {' '.join(str(error).split())}") from error

    @property
    def suppresses(self) -> bool:
        """Whether the package decides which candidates are one face."""
        return isinstance(self._form, Faces | Vision)

    @property
    def takes_thresholds(self) -> bool:
        """Whether the detector's own thresholds are inputs."""
        return isinstance(self._form, Faces)

    def with_thresholds(self, score: float, iou: float) -> "Finished":
        """What the package must answer where these are given."""
        assert isinstance(self._form, Faces)
        detector = replace(self._form.detector, thresholds=Thresholds(score, iou))
        return Finished(replace(self._form, detector=detector))

    def is_borderline(self, raw: Mapping[str, Array], margin: float, change: float) -> bool:
        """Whether thresholds off by `margin` would change an output by more than `change`, or the number of faces.

        A score beside its threshold, or an overlap beside its own, is in or out by an arithmetic's last digit; such a
        scene says nothing of a package.
        """
        if not isinstance(self._form, Faces | Vision):
            return False
        exact = self._form.finish(raw)
        shifts = product((-margin, 0.0, margin), repeat=2)
        return any(_differ(exact, shifted(self._form, *by).finish(raw), change) for by in shifts if any(by))


def shifted(form: Faces | Vision, score: float, iou: float) -> Faces | Vision:
    """The form with thresholds moved by so much, within 0 to 1."""
    old = form.detector.thresholds
    moved = Thresholds(min(max(old.score + score, 0.0), 1.0), min(max(old.iou + iou, 0.0), 1.0))
    return replace(form, detector=replace(form.detector, thresholds=moved))


def _differ(a: Mapping[str, Array], b: Mapping[str, Array], change: float) -> bool:
    return any(a[name].shape != b[name].shape or float(np.abs(a[name] - b[name]).max(initial=0)) > change for name in a)


def finished(package: str, user_defined: Mapping[str, str]) -> Finished | None:
    """Out of a package's user-defined metadata; None for a bare network. OracleError where they are broken."""
    try:
        form = read_form(user_defined)
    except FormError as error:
        raise OracleError(f"{package}: {error}") from error
    return None if form is None else Finished(form)
