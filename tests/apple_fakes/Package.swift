// swift-tools-version: 6.0
// The Apple layer on Linux: small frameworks with bodies, the unchanged sources of the package beside them, and a driver.
// Of a package of its own, as modules with these names would make `canImport(CoreML)` true elsewhere in it.

import PackageDescription

let fakes = ["CoreGraphics", "CoreImage", "CoreML", "CoreVideo", "CryptoKit", "ImageIO", "Vision"]

/// The modules with a model that the sample app imports.
let carriers = [
    "BlazeFaceShortRangePackage", "BlazeFaceFullRangePackage", "FaceMeshPackage", "FaceMeshAttentionPackage",
]

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
        .target(name: "Accessibility"),
        .target(name: "PhotosUI"),
        .target(name: "SwiftUI"),
        .target(name: "UIKit", dependencies: ["CoreGraphics"]),
        .target(name: "SampleModels", dependencies: ["BlazeMesh"]),
        // The sample app's models; App is a link to its sources, whose views are left out.
        .executableTarget(
            name: "Sample",
            dependencies: ["Accessibility", "BlazeMesh", "PhotosUI", "SampleModels", "SwiftUI", "UIKit"]
                + carriers.map { .target(name: $0) },
            sources: [
                "main.swift", "Stand-ins.swift", "App/Finding", "App/Camera/CameraModel.swift",
                "App/Camera/Pace.swift", "App/Photo/PhotoModel.swift", "App/Photo/Still.swift",
                "App/Shared/Announcer.swift", "App/Shared/FaceSummary.swift",
            ]),
    ] + carriers.map { .target(name: $0, dependencies: ["SampleModels"]) },
    swiftLanguageModes: [.v6]
)
