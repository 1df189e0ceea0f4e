"""MediaPipe itself: its own graphs and calculators, executed by its Python package.

The package pins versions that nothing else here needs, so that it lives in an environment of its own (`make golden`)
and is imported only when one of these is made.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipelines.detections import Detections
from verification.pictures import Pixels

TENSORS = """
input_stream: "image"
{outputs}
node {{
  calculator: "ImageToTensorCalculator" input_stream: "IMAGE:image" output_stream: "TENSORS:input"
  options {{ [mediapipe.ImageToTensorCalculatorOptions.ext] {{
    output_tensor_width: {side} output_tensor_height: {side}
    output_tensor_float_range {{ min: {low} max: {high} }} }} }} }}
node {{ calculator: "TfLiteCustomOpResolverCalculator" output_side_packet: "OP_RESOLVER:operators" }}
node {{
  calculator: "InferenceCalculator" input_stream: "TENSORS:input" output_stream: "TENSORS:all"
  input_side_packet: "OP_RESOLVER:operators"
  options {{ [mediapipe.InferenceCalculatorOptions.ext] {{
    model_path: "{model}" delegate {{ xnnpack {{ num_threads: 1 }} }} }} }} }}
node {{
  calculator: "SplitTensorVectorCalculator" input_stream: "all" {tensors}
  options {{ [mediapipe.SplitVectorCalculatorOptions.ext] {{ {ranges} }} }} }}
{floats}
"""
"""A picture → a model's output tensors, with the operators that MediaPipe adds to LiteRT's."""

LANDMARKS = """
input_stream: "image"
input_stream: "region"
input_side_packet: "attention"
output_stream: "points"
node {
  calculator: "FaceLandmarkCpu" input_stream: "IMAGE:image" input_stream: "ROI:region"
  input_side_packet: "WITH_ATTENTION:attention" output_stream: "LANDMARKS:points" }
"""
"""A picture and a region → the points of the face in it (mediapipe/modules/face_landmark/face_landmark_cpu.pbtxt)."""


class Graph:
    """A running MediaPipe graph that is given one picture (8-bit RGB) after the other."""

    def __init__(self, config: str, outputs: list[str], side_packets: dict[str, Any] | None = None) -> None:
        import mediapipe
        from mediapipe.python._framework_bindings import resource_util

        # The models and graphs are found below the folder that the package stands in.
        resource_util.set_resource_dir(str(root()))
        self._mediapipe = mediapipe
        self._time = 0
        self._caught: dict[str, Any] = {}
        self._graph = mediapipe.CalculatorGraph(graph_config=config)
        for name in outputs:
            self._graph.observe_output_stream(name, self._caught.__setitem__)
        self._graph.start_run(side_packets or {})

    def run(self, pixels: Pixels, **more: Any) -> dict[str, Any]:
        """The packets that come out, by stream, where any does; `more` are packets for the other input streams."""
        creator, form = self._mediapipe.packet_creator, self._mediapipe.ImageFormat.SRGB
        self._time += 1
        self._caught.clear()
        packets = {"image": creator.create_image_frame(image_format=form, data=np.ascontiguousarray(pixels)), **more}
        for name, packet in packets.items():
            self._graph.add_packet_to_input_stream(name, packet.at(self._time))
        self._graph.wait_until_idle()
        return dict(self._caught)

    def close(self) -> None:
        """End the graph and its threads."""
        self._graph.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class TensorGraph(Graph):
    """A model of the package, such as "face_landmark/face_landmark.tflite", down to its raw tensors."""

    def __init__(self, model: str, side: int, value_range: tuple[float, float], outputs: int) -> None:
        """The model takes `side` × `side` pixels, scaled to `value_range`, and has so many outputs."""
        config = TENSORS.format(
            model=f"mediapipe/modules/{model}",
            side=side,
            low=value_range[0],
            high=value_range[1],
            outputs="\n".join(f'output_stream: "values{i}"' for i in range(outputs)),
            tensors=" ".join(f'output_stream: "tensor{i}"' for i in range(outputs)),
            ranges=" ".join(f"ranges: {{ begin: {i} end: {i + 1} }}" for i in range(outputs)),
            floats="\n".join(
                f'node {{ calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:tensor{i}" '
                f'output_stream: "FLOATS:values{i}" }}'
                for i in range(outputs)
            ),
        )
        self._streams = [f"values{i}" for i in range(outputs)]
        super().__init__(config, self._streams)

    def tensors(self, pixels: Pixels) -> list[NDArray[np.float32]]:
        """The output tensors, flat, in the file's order."""
        packets = self.run(pixels)
        read = self._mediapipe.packet_getter.get_float_list
        return [np.array(read(packets[name]), np.float32) for name in self._streams]


class LandmarkGraph(Graph):
    """MediaPipe's own landmark graph with attention and refinement, the whole picture being the face's region."""

    def __init__(self) -> None:
        import mediapipe

        super().__init__(LANDMARKS, ["points"], {"attention": mediapipe.packet_creator.create_bool(True)})

    def points(self, pixels: Pixels) -> NDArray[np.float32] | None:
        """[478, 3], normalised to the picture; None where the graph sees no face in it."""
        from mediapipe.framework.formats.rect_pb2 import NormalizedRect

        whole = NormalizedRect(x_center=0.5, y_center=0.5, width=1, height=1)
        packets = self.run(pixels, region=self._mediapipe.packet_creator.create_proto(whole))
        if "points" not in packets:
            return None
        landmarks = self._mediapipe.packet_getter.get_proto(packets["points"]).landmark
        return np.array([[point.x, point.y, point.z] for point in landmarks], np.float32)


def detect(pictures: list[Pixels], full_range: bool, threshold: float) -> list[Detections]:
    """What MediaPipe's face detection solution finds in each picture, at scores of `threshold` or more."""
    from mediapipe.python.solutions.face_detection import FaceDetection

    with FaceDetection(min_detection_confidence=threshold, model_selection=int(full_range)) as solution:
        return [_detections(solution.process(pixels).detections or []) for pixels in pictures]


def meshes(pictures: Iterable[Pixels], faces: int, refine: bool, static: bool) -> Iterator[list[NDArray[np.float32]]]:
    """What MediaPipe's face mesh solution makes of each picture, or (not `static`) of each frame of a video.

    For each face [468 or 478, 3], normalised to the picture, in the solution's order.
    """
    from mediapipe.python.solutions.face_mesh import FaceMesh

    with FaceMesh(static_image_mode=static, max_num_faces=faces, refine_landmarks=refine) as solution:
        for pixels in pictures:
            found = solution.process(pixels).multi_face_landmarks or []
            yield [np.array([[p.x, p.y, p.z] for p in face.landmark], np.float32) for face in found]


def _detections(found: list[Any]) -> Detections:
    """MediaPipe's protocol buffers → rows as in pipelines.detections; it keeps a box as minimum and size."""
    rows = []
    for detection in found:
        box = detection.location_data.relative_bounding_box
        low = np.array([box.xmin, box.ymin], np.float32)
        high = low + np.array([box.width, box.height], np.float32)
        keypoints = [(point.x, point.y) for point in detection.location_data.relative_keypoints]
        rows.append(np.concatenate([[low, high], keypoints]))
    scores = np.array([detection.score[0] for detection in found], np.float32)
    return Detections(np.array(rows, np.float32).reshape(-1, 8, 2), scores)


def root() -> Path:
    """The folder that the package `mediapipe` stands in."""
    import mediapipe

    return Path(mediapipe.__file__).parents[1]
