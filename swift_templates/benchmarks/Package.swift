// swift-tools-version: 6.0

import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v14)],
    dependencies: [.package(path: "../BlazeMesh")],
    targets: [
        .target(name: "AllocationProbe"),
        .executableTarget(
            name: "Benchmark",
            dependencies: [.product(name: "BlazeMeshCore", package: "BlazeMesh"), "AllocationProbe"]),
    ],
    swiftLanguageModes: [.v6]
)
