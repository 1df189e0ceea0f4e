@testable import BlazeMeshCore

/// What an app shows: faces that were found in a camera's buffer, over the buffer's picture in a view.
///
/// Needs a debug build: faces of results that were written down can only be made inside of the core.
struct Screen: Decodable {
    struct Found: Decodable {
        struct Detected: Decodable {
            let score: Float
            /// Eight.
            let points: [SIMD2<Float>]
        }

        let detection: Detected?
        let landmarks: [SIMD3<Float>]
        /// Rows.
        let pose: [SIMD4<Float>]?
    }

    let name: String
    /// Width and height in points.
    let view: SIMD2<Float>
    /// Width and height of the buffer in pixels.
    let buffer: SIMD2<Float>
    /// How the buffer is turned to stand upright, by Exif's number.
    let orientation: UInt32
    /// Whether the view mirrors the upright picture.
    let mirrored: Bool
    /// "fill" or "fit".
    let scaling: String
    let layers: [String]
    /// Points are normalised to the buffer, poses are those of the upright picture.
    let faces: [Found]
}

/// Why a screen can't be drawn.
enum ScreenError: Error {
    case unknown(String, in: String)
    case noPlace(String)
}

extension Screen {
    private static let layersByName: [String: DrawLayers] = [
        "mesh": .mesh, "contours": .contours, "irises": .irises, "boxes": .boxes, "keypoints": .keypoints,
        "axes": .axes,
    ]

    /// The size of the upright picture.
    func frameSize() throws -> SIMD2<Float> {
        try turn().uprightSize(of: buffer)
    }

    /// Where the upright picture lies in the view.
    func place() throws -> FrameTransform {
        let frame = try frameSize()
        let place: FrameTransform? =
            switch scaling {
            case "fill": .filling(view: view, frame: frame, isMirrored: mirrored)
            case "fit": .fitting(view: view, frame: frame, isMirrored: mirrored)
            default: throw ScreenError.unknown(scaling, in: name)
            }
        guard let place else { throw ScreenError.noPlace(name) }
        return place
    }

    /// What the app draws.
    func list() throws -> DrawList {
        var asked: DrawLayers = []
        for layer in layers {
            guard let known = Self.layersByName[layer] else { throw ScreenError.unknown(layer, in: name) }
            asked.formUnion(known)
        }
        var list = DrawList(transform: try place())
        for face in faces {
            list.add(face.upright(by: try turn(), frameSize: try frameSize()), layers: asked)
        }
        return list
    }

    private func turn() throws -> FrameOrientation {
        guard let turn = FrameOrientation(rawValue: orientation) else {
            throw ScreenError.unknown("orientation \(orientation)", in: name)
        }
        return turn
    }
}

extension Screen.Found {
    /// The face as it is in the upright picture.
    func upright(by orientation: FrameOrientation, frameSize: SIMD2<Float>) -> Face {
        let turn = orientation.toUpright
        var face = Face()
        face.frameSize = frameSize
        face.landmarks = landmarks.map { landmark in
            let point = turn.apply(SIMD2(landmark.x, landmark.y))
            return SIMD3(point.x, point.y, landmark.z)
        }
        face.detection = detection.map { detected in
            var rows = SIMD16<Float>()
            for (index, stored) in detected.points.prefix(Detection.pointCount).enumerated() {
                let point = turn.apply(stored)
                (rows[2 * index], rows[2 * index + 1]) = (point.x, point.y)
            }
            return Detection(score: detected.score, rows: rows)
        }
        face.pose = pose.flatMap(Pose.init(rows:))
        return face
    }
}

extension Pose {
    /// The pose whose 4 × 4 matrix has these rows; `nil` where there are fewer than three.
    init?(rows: [SIMD4<Float>]) {
        guard rows.count >= 3 else { return nil }
        let columns = (0..<4).map { SIMD3(rows[0][$0], rows[1][$0], rows[2][$0]) }
        let scale = (columns[0] * columns[0]).sum().squareRoot()
        self.init(
            xAxis: columns[0] / scale, yAxis: columns[1] / scale, zAxis: columns[2] / scale, scale: scale,
            translation: columns[3])
    }
}
