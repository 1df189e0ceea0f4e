import Foundation

@testable import BlazeMeshCore

/// The canonical face put somewhere in a frame: the twin of blazemesh/core_vectors/actors.py.
struct Actor {
    let (x, y, scale, angle, presence): (Double, Double, Double, Double, Double)

    init(_ numbers: [Double]) {
        (x, y, scale, angle, presence) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    }

    /// In pixels of the frame.
    var landmarks: [SIMD3<Double>] {
        let (cosine, sine) = (cos(angle), sin(angle))
        return CanonicalFace.vertices.map { vertex in
            let (u, v) = (Double(vertex.x) * scale, -Double(vertex.y) * scale)
            return SIMD3(x + cosine * u - sine * v, y + sine * u + cosine * v, -Double(vertex.z) * scale)
        }
    }

    /// Normalised to the frame.
    func landmarks(in frame: SIMD2<Float>) -> [SIMD3<Float>] {
        landmarks.map { SIMD3<Float>($0 / SIMD3(Double(frame.x), Double(frame.y), Double(frame.x))) }
    }

    /// Normalised to a crop of `region`.
    func landmarks(in region: Region) -> [Float] {
        let (center, size) = (SIMD2<Double>(region.centerInPixels), SIMD2<Double>(region.sizeInPixels))
        let (cosine, sine) = (cos(Double(region.rotation)), sin(Double(region.rotation)))
        return landmarks.flatMap { point in
            let (dx, dy) = (point.x - center.x, point.y - center.y)
            let (u, v) = ((dx * cosine + dy * sine) / size.x + 0.5, (dy * cosine - dx * sine) / size.y + 0.5)
            return [Float(u), Float(v), Float(point.z / size.x)]
        }
    }
}

extension Detection {
    /// Of a score and eight points, or of eight points.
    init(_ numbers: [Float]) {
        let points = numbers.suffix(16)
        self.init(score: numbers.count > 16 ? numbers[0] : 1, rows: SIMD16(points))
    }
}

extension Region {
    /// Centre, size, rotation.
    var numbers: [Float] { [center.x, center.y, size.x, size.y, rotation] }
}
