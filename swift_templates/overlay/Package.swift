// swift-tools-version: 6.0

import PackageDescription

let package = Package(
    name: "Overlay",
    platforms: [.macOS(.v14)],
    dependencies: [.package(path: "../BlazeMesh")],
    targets: [
        .executableTarget(
            name: "Overlay", dependencies: [.product(name: "BlazeMeshCore", package: "BlazeMesh")])
    ],
    swiftLanguageModes: [.v6]
)
