import Foundation
import Testing

@testable import BlazeMeshCore

struct PoseCase: Decodable {
    struct Expected: Decodable {
        let pose: [[Float]]
        let vertices: [[Float]]
    }

    let name: String
    let frame: [Double]
    let angles: [Double]
    let scale: Double
    let place: [Double]
    let deformation: Double
    let expected: Expected

    var frameSize: SIMD2<Float> { SIMD2(Float(frame[0]), Float(frame[1])) }

    /// The face of blazemesh/core_vectors/pose.py, seen by MediaPipe's camera.
    var landmarks: [SIMD3<Float>] {
        let tall = 2 * tan(63 * Double.pi / 360)
        let wide = tall * frame[0] / frame[1]
        return CanonicalFace.vertices.enumerated().map { index, vertex in
            let offset = turned(SIMD3<Double>(vertex) * (1 + deformation * sin(Double(index)))) * scale
            let (x, y, z) = (offset.x + place[0], offset.y + place[1], offset.z + place[2])
            return SIMD3<Float>(
                SIMD3(0.5 + x / (-z * wide), 0.5 - y / (-z * tall), -offset.z / (-place[2] * wide)))
        }
    }

    private func turned(_ point: SIMD3<Double>) -> SIMD3<Double> {
        var (x, y, z) = (point.x, point.y, point.z)
        (y, z) = (cos(angles[0]) * y - sin(angles[0]) * z, sin(angles[0]) * y + cos(angles[0]) * z)
        (x, z) = (cos(angles[1]) * x + sin(angles[1]) * z, cos(angles[1]) * z - sin(angles[1]) * x)
        (x, y) = (cos(angles[2]) * x - sin(angles[2]) * y, sin(angles[2]) * x + cos(angles[2]) * y)
        return SIMD3(x, y, z)
    }
}

@Suite struct PoseTests {
    static let chosen = [0, 4, 33, 152, 263, 467]

    private func solve(_ landmarks: [SIMD3<Float>], _ frame: SIMD2<Float>) -> (Pose?, [SIMD3<Float>]) {
        var (solver, vertices) = (PoseSolver(), [SIMD3<Float>]())
        return (solver.solve(landmarks, frameSize: frame, camera: Camera(), vertices: &vertices), vertices)
    }

    @Test func posesAndVerticesAreTheTwins() throws {
        let golden = try Golden<PoseCase>.load("core_pose")
        #expect(golden.cases.count == 100)
        #expect(golden.tolerance == 1e-4)
        for each in golden.cases {
            let (found, vertices) = solve(each.landmarks, each.frameSize)
            let pose = try #require(found, "\(each.name)")
            let (a, b, c, d) = pose.columns
            let rows = (0..<4).flatMap { [a[$0], b[$0], c[$0], d[$0]] }
            #expect(difference(rows, each.expected.pose.flatMap { $0 }) <= golden.tolerance, "\(each.name)")
            let points = Self.chosen.map { vertices[$0] }.flatMap { [$0.x, $0.y, $0.z] }
            #expect(difference(points, each.expected.vertices.flatMap { $0 }) <= golden.tolerance, "\(each.name)")
        }
    }

    @Test func thePoseTakesTheVerticesToWhereTheyAreSeen() throws {
        for each in try Golden<PoseCase>.load("core_pose").cases {
            let (pose, vertices) = solve(each.landmarks, each.frameSize)
            let tall = 2 * Float(tan(63 * Double.pi / 360))
            let wide = tall * each.frameSize.x / each.frameSize.y
            for (vertex, landmark) in zip(vertices, each.landmarks) {
                let point = try #require(pose?.apply(vertex))
                let seen = SIMD2(0.5 - point.x / (point.z * wide), 0.5 + point.y / (point.z * tall))
                #expect(abs(seen.x - landmark.x) < 1e-4 && abs(seen.y - landmark.y) < 1e-4)
            }
        }
    }

    /// The frame turned by a quarter: the same face, looked at by a camera on its side.
    @Test func thePoseTurnsWithThePicture() throws {
        let each = try #require(try Golden<PoseCase>.load("core_pose").cases.last)
        let square = SIMD2<Float>(500, 500)
        let turned = each.landmarks.map { SIMD3(1 - $0.y, $0.x, $0.z) }
        let (upright, vertices) = solve(each.landmarks, square)
        let (onItsSide, others) = solve(turned, square)
        let (before, after) = (try #require(upright), try #require(onItsSide))
        #expect(abs(before.scale - after.scale) < 1e-4)
        #expect(abs(after.translation.x - before.translation.y) < 1e-3)
        #expect(abs(after.translation.y + before.translation.x) < 1e-3)
        let difference = zip(vertices, others).map { abs($0 - $1).max() }.max() ?? .infinity
        #expect(difference < 1e-3)
    }

    @Test func whatIsNoFaceHasNoPose() {
        let frame = SIMD2<Float>(640, 480)
        let face = Actor([320, 240, 8, 0, 1]).landmarks(in: frame)
        #expect(solve(face, frame).0 != nil)
        #expect(solve(Array(face.dropLast()), frame).0 == nil)
        #expect(solve(face, SIMD2(640, 0)).0 == nil)
        #expect(solve(Array(repeating: SIMD3(0.5, 0.5, 0), count: 468), frame).0 == nil)
        for value in [Float.nan, .infinity] {
            var broken = face
            broken[300].z = value
            let (pose, vertices) = solve(broken, frame)
            #expect(pose == nil && vertices.isEmpty)
        }
    }
}

private func abs(_ vector: SIMD3<Float>) -> SIMD3<Float> {
    vector.replacing(with: -vector, where: vector .< 0)
}
