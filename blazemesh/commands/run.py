"""`blazemesh run`."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blazemesh.commands.parsing import new_command
from blazemesh.errors import DONE, InputError
from blazemesh.options import PACKAGES
from blazemesh.terminal import print_text, progress

if TYPE_CHECKING:
    from blazemesh.landmarker import FaceLandmarker
    from blazemesh.sinks import Sink
    from runtime.overlay import Style
    from runtime.sources import Source

NO_MESH = "none"


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "run",
        run,
        "find and track the faces in a picture, a folder of pictures, a video or what a camera sees",
        "blazemesh run talk.mp4 --max-faces 2 --mesh attention --save faces.mp4",
    )
    command.add_argument(
        "source", metavar="SOURCE", help="a picture, a folder of pictures, a video, or a camera's number"
    )
    _add_outputs(command)
    _add_networks(command)
    times = command.add_mutually_exclusive_group()
    times.add_argument("--static", action="store_true", help="each frame for itself; default for pictures and folders")
    times.add_argument("--track", action="store_true", help="frames follow each other; default for videos and cameras")
    command.add_argument(
        "--fps",
        type=float,
        metavar="N",
        help="frames/s of a folder's pictures (30); of a video, instead of its own times",
    )
    command.add_argument("--no-smoothing", action="store_true", help="tracked landmarks as the network gives them")
    command.add_argument("--geometry", action="store_true", help="each face's pose, in centimetres")


def _add_outputs(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON object a frame and line instead")
    command.add_argument(
        "--save", type=Path, metavar="OUT", help="draw into a picture, a video (.mp4, .mov, .mkv, .avi) or a folder"
    )
    command.add_argument("--show", action="store_true", help="draw into a window; a key goes on from a still, q ends")
    command.add_argument(
        "--draw",
        metavar="LAYERS",
        help="some of boxes,mesh,contours,irises,axes,shaded,textured; default: boxes,mesh,contours,irises",
    )
    command.add_argument("--texture", type=Path, metavar="PICTURE", help="what --draw textured lays over the face")


def _add_networks(command: argparse.ArgumentParser) -> None:
    command.add_argument("--max-faces", type=int, default=1, metavar="N", help="default: 1")
    command.add_argument("--detector", choices=["short", "full"], default="short", help="default: short (within 2 m)")
    command.add_argument("--mesh", choices=[NO_MESH, "mesh", "attention"], default="mesh", help="default: mesh")
    command.add_argument(
        "--min-detection-confidence", type=float, metavar="X", help="default: 0.5, of --detector full 0.6"
    )
    command.add_argument("--min-presence", type=float, default=0.5, metavar="X", help="default: 0.5")
    command.add_argument(
        "--backend",
        choices=["auto", "coreml", "litert", "reference"],
        default="auto",
        help="default: auto, Core ML on a Mac that has the packages, else LiteRT",
    )
    command.add_argument(
        "--packages", type=Path, default=PACKAGES, metavar="DIR", help=f"of coreml, reference; {PACKAGES}"
    )


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code. InputError, EngineError, FrameError, SourceError or OSError in one line."""
    from blazemesh.running import Tally, run_frames

    style = _style(options)
    source, track = _source(options)
    sinks = _sinks(options, source, print_text)
    landmarker = _landmarker(options, "axes" in style.layers)
    tally = Tally()
    try:
        run_frames(source, landmarker, track, style, sinks, tally, progress)
    except KeyboardInterrupt:  # the usual end of a camera
        progress(tally.describe(landmarker.backend))
        raise
    progress(tally.describe(landmarker.backend))
    return DONE


def _landmarker(options: argparse.Namespace, axes: bool) -> "FaceLandmarker":
    from blazemesh.landmarker import FaceLandmarker

    return FaceLandmarker(
        max_faces=options.max_faces,
        detector=options.detector,
        mesh=None if options.mesh == NO_MESH else options.mesh,
        smoothing=not options.no_smoothing,
        geometry=options.geometry or axes,
        backend=options.backend,
        min_detection_confidence=options.min_detection_confidence,
        min_presence=options.min_presence,
        packages=options.packages,
    )


def _source(options: argparse.Namespace) -> tuple["Source", bool]:
    """Where the frames come from, and whether they follow each other."""
    from blazemesh.pictures import SUFFIXES, picture_paths, read_picture
    from runtime.sources import FASTEST_FPS, USUAL_FPS, Camera, Pictures, Video

    fps = options.fps
    if fps is not None and not (math.isfinite(fps) and 0 < fps <= FASTEST_FPS):
        raise InputError(f"--fps {fps:g}: expected more than 0, at most {FASTEST_FPS:g}")
    if not options.source:
        raise InputError("SOURCE is empty; expected a picture, a folder, a video or a camera's number")
    path = Path(options.source)
    if path.is_dir():
        return Pictures(tuple(picture_paths(path)), read_picture, options.track, fps or USUAL_FPS), options.track
    if options.source.isascii() and options.source.isdigit() and not path.exists():
        return Camera(int(options.source), fps), not options.static
    if not path.exists():
        raise InputError(f"no file or folder {str(path)!r}; expected a picture, a folder, a video or a camera's number")
    if path.suffix.lower() in SUFFIXES:
        return Pictures((path,), read_picture, options.track, fps or USUAL_FPS), options.track
    return Video(path, fps), not options.static


def _style(options: argparse.Namespace) -> "Style":
    """What is drawn; InputError for layers that are none, or that the chosen mesh can't have."""
    from blazemesh.pictures import read_texture
    from runtime.overlay import LAYERS, USUAL_LAYERS, Style

    layers = USUAL_LAYERS if options.draw is None else tuple(map(str.strip, options.draw.split(",")))
    if unknown := [layer for layer in layers if layer not in LAYERS]:
        raise InputError(f"--draw {unknown[0]!r}: expected some of {','.join(LAYERS)}")
    if options.draw is not None:
        _require_drawn(options, layers)
    if options.texture is not None and "textured" not in layers:
        raise InputError("--texture: expected --draw textured with it")
    return Style(layers, None if options.texture is None else read_texture(options.texture))


def _require_drawn(options: argparse.Namespace, layers: tuple[str, ...]) -> None:
    """InputError where nothing shows the layers, or the network doesn't give them."""
    if options.save is None and not options.show:
        raise InputError("--draw: expected --save OUT or --show with it")
    if options.mesh == NO_MESH and (without := [layer for layer in layers if layer != "boxes"]):
        raise InputError(f"--draw {without[0]}: expected --mesh mesh or attention with it")
    if options.mesh != "attention" and "irises" in layers:
        raise InputError("--draw irises: expected --mesh attention with it")


def _sinks(options: argparse.Namespace, source: "Source", write: Callable[[str], bool]) -> list["Sink"]:
    from blazemesh.sinks import json_lines, text_lines
    from runtime.sources import Pictures

    stills = isinstance(source, Pictures) and not source.video
    sinks: list[Sink] = []
    if options.save is not None:  # first: what can't be saved is not told of either
        sinks.append(_saved(options.save, source, Path(options.source)))
    if options.json:
        sinks.append(json_lines(write))
    elif stills:
        sinks.append(text_lines(write))
    if options.show:
        from blazemesh.window import TkScreen, window

        sinks.append(window(f"{options.source} - BlazeMesh", stills, TkScreen))
    return sinks


def _saved(out: Path, source: "Source", given: Path) -> "Sink":
    """What is written to OUT, by its suffix; InputError where that and the source don't go together."""
    from blazemesh.sinks import CODECS, FORMATS, name_in, picture_files, video_file
    from runtime.sources import Pictures

    if out.exists() and given.exists() and out.samefile(given):
        raise InputError(f"--save {out}: it is what is read; expected another place")
    still = isinstance(source, Pictures) and given.is_file()
    suffix = out.suffix.lower()
    if out.is_dir() or not suffix:
        return picture_files(out, name_in(out))
    if suffix in FORMATS and still:
        return picture_files(out.parent, lambda _: out)
    if suffix in CODECS and not still:
        return video_file(out, source.fps)
    kinds = FORMATS if still else CODECS
    what = "a picture is saved as" if still else "several frames are saved as"
    raise InputError(f"--save {out}: {what} {', '.join(kinds)}, or in a folder, which has no suffix")
