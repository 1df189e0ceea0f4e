import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from converters.coreml import ConversionOptions, to_coreml
from converters.features import Features, InputFeature, OutputFeature
from converters.package import write_package
from converters.tflite_reader import read_tflite
from tests.converters.network import Network

METADATA = {"com.blazemesh.source": "{}", "z": "last", "a": "first"}


def detector() -> Network:
    """Sparse and dense weights, several operators, two outputs."""
    network = Network()
    x = network.conv(network.input("picture", (1, 16, 16, 3)), 16, stride=(2, 2), fusedActivationFunction="RELU")
    filters = network.random(8, 1, 1, 16)
    filters[:, :, :, ::2] = 0
    operands = [x, network.constant("filters", filters), network.weights(8)]
    x = network.operator("CONV_2D", operands, (1, 8, 8, 8), padding="SAME", strideH=1, strideW=1)
    x = network.operator("PRELU", [x, network.weights(1, 1, 8)], (1, 8, 8, 8))
    y = network.unary("TANH", network.depthwise(x))
    network.output(y, x)
    return network


def write(destination: Path) -> None:
    graph = read_tflite(detector().build(), "built.tflite")
    scores, pixels = graph.outputs
    features = Features(
        (InputFeature(0, "image", "image", -1, 1, "Die Größe: 16 × 16"),),
        (
            OutputFeature(scores, "scores", (64, 8), "logit", "a logit an anchor"),
            OutputFeature(pixels, "features", (1, 8, 8, 8)),
        ),
        description="A detector",
        author="Nobody",
        licence="Apache-2.0",
        version="1.2.3",
    )
    write_package(to_coreml(graph, features, ConversionOptions()), features, METADATA, destination)


def contents(package: Path) -> dict[str, bytes]:
    return {str(p.relative_to(package)): p.read_bytes() for p in sorted(package.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "detector.mlpackage"
    write(path)
    return path


PROGRAM = """
import sys, tempfile
from pathlib import Path
from blazemesh.quiet import quiet_coremltools
quiet_coremltools()
tempfile.tempdir = sys.argv[1]
from tests.converters import test_package
test_package.write(Path(sys.argv[1]) / "detector.mlpackage")
"""


def test_the_same_bytes_in_every_process(package: Path, tmp_path: Path) -> None:
    expected = contents(package)
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", PROGRAM, str(folder)], env=environment, check=True)
        assert contents(folder / "detector.mlpackage") == expected


def test_holds_a_specification_weights_and_a_manifest(package: Path) -> None:
    assert list(contents(package)) == [
        "Data/com.apple.CoreML/model.mlmodel",
        "Data/com.apple.CoreML/weights/weight.bin",
        "Manifest.json",
    ]
    manifest = json.loads((package / "Manifest.json").read_text())
    paths = {entry["path"] for entry in manifest["itemInfoEntries"].values()}
    assert paths == {"com.apple.CoreML/model.mlmodel", "com.apple.CoreML/weights"}
    root = manifest["itemInfoEntries"][manifest["rootModelIdentifier"]]
    assert root["path"] == "com.apple.CoreML/model.mlmodel"


def test_coremltools_accepts_it(package: Path) -> None:
    from coremltools.libmodelpackage import ModelPackage
    from coremltools.models.utils import load_spec

    assert ModelPackage.isValid(str(package))
    opened = ModelPackage(str(package))
    assert opened.getRootModel().path() == str(package / "Data/com.apple.CoreML/model.mlmodel")
    assert load_spec(str(package)).specificationVersion == 7


def test_says_what_it_is(package: Path) -> None:
    from coremltools.models.utils import load_spec

    description = load_spec(str(package)).description
    metadata = description.metadata
    assert (metadata.author, metadata.license, metadata.versionString) == ("Nobody", "Apache-2.0", "1.2.3")
    assert metadata.shortDescription == "A detector"
    features = [(f.name, f.shortDescription) for f in (*description.input, *description.output)]
    assert sorted(features) == [("features", ""), ("image", "Die Größe: 16 × 16"), ("scores", "a logit an anchor")]


def test_says_no_date(package: Path) -> None:
    from coremltools.models.utils import load_spec

    written = load_spec(str(package)).description.metadata.userDefined
    assert METADATA.items() <= dict(written).items()
    assert not any("date" in key for key in written)


def test_never_writes_over_a_package(package: Path) -> None:
    before = contents(package)
    with pytest.raises(FileExistsError):
        write(package)
    assert contents(package) == before


def test_a_network_without_weights(tmp_path: Path) -> None:
    from coremltools.libmodelpackage import ModelPackage

    network = Network()
    network.output(network.unary("RELU", network.input("values", (2, 3))))
    graph = read_tflite(network.build(), "built.tflite")
    features = Features((InputFeature(0, "x", "tensor"),), (OutputFeature(1, "y", (2, 3)),))
    path = tmp_path / "plain.mlpackage"
    write_package(to_coreml(graph, features, ConversionOptions()), features, {}, path)
    assert ModelPackage.isValid(str(path))
