// Runs the Apple layer on the cases of a JSON file and prints what came out: `Driver CASES OUT`.

import BlazeMesh
import BlazeMeshCore
import CoreGraphics
import CoreML
import CoreVideo
import Foundation
import Vision

struct Case: Codable {
    var name: String
    /// Red, green and blue of each stored pixel, row after row.
    var picture: String
    var width: Int
    var height: Int
    var orientation: UInt32
    /// The folder with the models.
    var models: String
    /// "picture", "frame" or "tracked" (a second frame) for a mesh; "detections", "proposals" or "wrong form" for a detector alone; "vision" or
    /// "features" for Vision's.
    var kind: String
}

struct FoundFace: Codable {
    var score: Float?
    var presence: Float?
    var box: [Float]
    var keypoints: [Float]
    var landmarks: [Float]
}

struct Crop: Codable {
    var model: String
    var file: String
    var width: Int
    var height: Int
    var scalars: [String: Float]
}

struct Outcome: Codable {
    var name: String
    var faces: [FoundFace] = []
    var crops: [Crop] = []
    var compilations = 0
    /// Seconds by stage, and "waited", what passed for the caller.
    var timings: [String: Double] = [:]
    var error: String?
}

func located<Model: Sendable>(_ model: Model, _ package: ModelPackage, in folder: String) -> Located<Model> {
    Located(model, at: URL(fileURLWithPath: folder).appendingPathComponent("\(package.name).mlpackage"))
}

func image(_ each: Case) throws -> CGImage {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: each.picture))
    let pixels = (0..<each.width * each.height).map {
        SIMD4(bytes[3 * $0], bytes[3 * $0 + 1], bytes[3 * $0 + 2], 255)
    }
    return CGImage(width: each.width, height: each.height, pixels: pixels)
}

func frame(_ each: Case) throws -> CameraFrame {
    let (image, buffer) = (try image(each), CVPixelBuffer(width: each.width, height: each.height))
    for (index, pixel) in image.pixels.enumerated() {
        let start = index / each.width * buffer.bytesPerRow + index % each.width * 4
        buffer.bytes[start..<start + 4] = [pixel.z, pixel.y, pixel.x, pixel.w]
    }
    let orientation = CGImagePropertyOrientation(rawValue: each.orientation) ?? .up
    return CameraFrame(pixels: buffer, orientation: orientation, timestamp: 0)
}

func landmarker(_ each: Case) async throws -> FaceLandmarker {
    let detector: DetectorModel =
        switch each.kind {
        case "proposals": .blazeFaceShortRangeProposals
        case "wrong form": .blazeFaceShortRangeVision
        default: .blazeFaceShortRange
        }
    let (mesh, hasMesh) = (MeshModel.faceMesh, ["picture", "frame", "tracked"].contains(each.kind))
    return try await FaceLandmarker(
        detector: located(detector, detector.package, in: each.models),
        mesh: hasMesh ? located(mesh, mesh.package, in: each.models) : nil)
}

func find(_ each: Case, timings: inout [String: Double]) async throws -> [FoundFace] {
    let orientation = CGImagePropertyOrientation(rawValue: each.orientation) ?? .up
    guard each.kind != "vision", each.kind != "features" else {
        VNCoreMLRequest.recognisesObjects = each.kind == "vision"
        let model = DetectorModel.blazeFaceShortRangeVision
        let detector = try await VisionFaceDetector(detector: located(model, model.package, in: each.models))
        return try await detector.detect(image(each), orientation: orientation).map { face in
            FoundFace(
                score: face.score, box: [face.boxMinimum, face.boxMaximum].flatMap { [$0.x, $0.y] },
                keypoints: face.detection.map { keypoints($0) } ?? [], landmarks: [])
        }
    }
    let landmarker = try await landmarker(each)
    if each.kind == "tracked" { _ = try await landmarker.track(frame(each)) }
    MLModel.shown = []
    let (frame, image, started) = (try frame(each), try image(each), ContinuousClock.now)
    let faces =
        each.kind == "frame" || each.kind == "tracked"
        ? try await landmarker.track(frame) : try await landmarker.detect(image, orientation: orientation)
    timings = seconds(await landmarker.timings)
    timings["waited"] = started.duration(to: .now) / .seconds(1)
    return faces.map { face in
        let corners = face.detection.map { [$0.boxMinimum, $0.boxMaximum] } ?? []
        return FoundFace(
            score: face.detection?.score, presence: face.presence, box: corners.flatMap { [$0.x, $0.y] },
            keypoints: face.detection.map { keypoints($0) } ?? [],
            landmarks: face.landmarks.flatMap { [$0.x, $0.y, $0.z] })
    }
}

func seconds(_ timings: FaceLandmarker.Timings) -> [String: Double] {
    [
        "detector": timings.detector, "crop": timings.crop, "mesh": timings.mesh, "core": timings.core,
        "total": timings.total,
    ]
}

func keypoints(_ detection: Detection) -> [Float] {
    FaceKeypoint.allCases.flatMap { [detection[$0].x, detection[$0].y] }
}

func crops(_ name: String, in folder: URL) throws -> [Crop] {
    try MLModel.shown.enumerated().map { index, shown in
        let pixels = shown.pixels
        let file = folder.appendingPathComponent("\(name)-\(index).bgra")
        let rows = (0..<pixels.height).flatMap {
            pixels.bytes[$0 * pixels.bytesPerRow..<$0 * pixels.bytesPerRow + 4 * pixels.width]
        }
        try Data(rows).write(to: file)
        return Crop(
            model: shown.model, file: file.path, width: pixels.width, height: pixels.height, scalars: shown.scalars)
    }
}

let arguments = CommandLine.arguments
let folder = URL(fileURLWithPath: arguments[2])
var outcomes: [Outcome] = []
for each in try JSONDecoder().decode([Case].self, from: Data(contentsOf: URL(fileURLWithPath: arguments[1]))) {
    var outcome = Outcome(name: each.name)
    (MLModel.shown, MLModel.compilations) = ([], 0)
    do {
        outcome.faces = try await find(each, timings: &outcome.timings)
        outcome.crops = try crops(each.name, in: folder)
    } catch {
        outcome.error = "\(error)"
    }
    outcome.compilations = MLModel.compilations
    outcomes.append(outcome)
}
FileHandle.standardOutput.write(try JSONEncoder().encode(outcomes))
