"""An app in miniature that takes the release as any package: by URL and version."""

from pathlib import Path

MANIFEST = """// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Consumer",
    dependencies: [.package(url: "URL", from: "VERSION")],
    targets: [
        .executableTarget(
            name: "Consumer",
            dependencies: [
                .product(name: "BlazeMeshCore", package: "BlazeMesh"),
                .product(name: "FaceMeshPackage", package: "BlazeMesh"),
            ])
    ]
)
"""
MAIN = """import BlazeMeshCore
import Foundation

let name = MeshModel.faceMesh.package.name
let resources = Bundle.main.bundleURL.appendingPathComponent("BlazeMesh_\\(name)Package.resources")
let weights = resources.appendingPathComponent("Models/\\(name).mlpackage/Data/com.apple.CoreML/weights/weight.bin")
print(name, MeshModel.faceMesh.landmarkCount, try Data(contentsOf: weights).count)
"""


def write_consumer(folder: Path, url: str, version: str) -> None:
    """A package whose program names a model of BlazeMeshCore's and counts the bytes of its weights."""
    (folder / "Sources" / "Consumer").mkdir(parents=True)
    (folder / "Package.swift").write_text(MANIFEST.replace("URL", url).replace("VERSION", version))
    (folder / "Sources" / "Consumer" / "main.swift").write_text(MAIN)
