// swift-tools-version: 6.0
// The Apple layer on Linux: small frameworks with bodies, the unchanged sources of the package beside them, and a driver.
// Of a package of its own, as modules with these names would make `canImport(CoreML)` true elsewhere in it.

import PackageDescription

let fakes = ["CoreGraphics", "CoreImage", "CoreML", "CoreVideo", "CryptoKit", "ImageIO", "Vision"]

let package = Package(
    name: "AppleFakes",
    targets: [
        .target(name: "CoreVideo"),
        .target(name: "CoreGraphics"),
        .target(name: "CryptoKit"),
        .target(name: "ImageIO", dependencies: ["CoreGraphics"]),
        .target(name: "CoreImage", dependencies: ["CoreGraphics", "CoreVideo", "ImageIO"]),
        .target(name: "CoreML", dependencies: ["CoreVideo"]),
        .target(name: "Vision", dependencies: ["CoreGraphics", "CoreML", "CoreVideo", "ImageIO"]),
        // Both are links to the rendered package's sources, which the tests make.
        .target(name: "BlazeMeshCore"),
        .target(
            name: "BlazeMesh", dependencies: ["BlazeMeshCore"] + fakes.map { .target(name: $0) },
            exclude: ["Camera", "Views"]),
        .executableTarget(name: "Driver", dependencies: ["BlazeMesh"]),
    ],
    swiftLanguageModes: [.v6]
)
