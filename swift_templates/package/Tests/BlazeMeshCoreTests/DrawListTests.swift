import Testing

@testable import BlazeMeshCore

@Suite struct DrawListTests {
    private let size = SIMD2<Float>(640, 480)
    private var list: DrawList { DrawList(transform: FrameTransform(scale: size)) }
    private var face: [SIMD3<Float>] { Actor([320, 240, 8, 0.3, 1]).landmarks(in: size) }

    private func ends(_ command: DrawCommand) -> (SIMD2<Float>, SIMD2<Float>)? {
        guard case .line(let from, let to, _, _) = command else { return nil }
        return (from, to)
    }

    @Test func aMeshIsItsEdgesThenItsContours() throws {
        var list = list
        list.add(mesh: face)
        let contours = FaceContour.allCases.filter { $0 != .leftIris && $0 != .rightIris }
        let edges = FaceMeshTopology.tessellationEdges + contours.flatMap(FaceMeshTopology.edges)
        #expect(list.commands.count == edges.count)
        for (command, edge) in zip(list.commands, edges) {
            let (from, to) = try #require(ends(command))
            #expect(from == face[Int(edge.x)].xy * size && to == face[Int(edge.y)].xy * size)
        }
    }

    @Test func aRefinedMeshHasIrises() {
        let (before, after) = (list, face + Array(repeating: SIMD3(0.5, 0.5, 0), count: 10))
        var (plain, refined) = (before, before)
        plain.add(mesh: face)
        refined.add(mesh: after)
        #expect(refined.commands.count == plain.commands.count + 8)
        var nothing = before
        nothing.add(mesh: [])
        #expect(nothing.commands.isEmpty)
    }

    @Test func aDetectionIsABoxAndKeypoints() throws {
        var list = list
        let detection = Detection([0.25, 0.25, 0.75, 0.5] + (0..<12).map { Float($0) / 12 })
        list.add(detection)
        #expect(list.commands.count == 4 + 2 * FaceKeypoint.allCases.count)
        let (from, to) = try #require(ends(list.commands[0]))
        #expect(from == SIMD2(160, 120) && to == SIMD2(480, 120))
        guard case .point(let center, _, let color) = list.commands.last else { throw NotAPoint() }
        #expect(center == SIMD2(10.0 / 12 * 640, 11.0 / 12 * 480) && color == list.style.keypoint)
    }

    private struct NotAPoint: Error {}

    @Test func anEyeIsItsLidAndItsIris() throws {
        var list = list
        let contour = (0..<71).map { SIMD3(Float($0) / 100, 0.5, 0) }
        list.add(.left, contour: contour, iris: Array(contour.prefix(5)))
        #expect(list.commands.count == Eye.outline.count + 5)
        let (from, to) = try #require(ends(list.commands[0]))
        #expect(from == contour[0].xy * size && to == contour[1].xy * size)
        list.removeAll()
        list.add(.right, contour: [], iris: [])
        #expect(list.commands.isEmpty)
    }

    @Test func aRegionIsItsOutline() throws {
        var list = list
        list.add(try #require(Region.wholeFrame(size: size)))
        let (from, to) = try #require(ends(list.commands[0]))
        #expect(from == SIMD2(0, -80) && to == SIMD2(640, -80))
        #expect(list.commands.count == 4)
    }

    @Test func theSurfaceIsTheTrianglesThatAreDrawn() {
        var list = list
        list.add(surface: face)
        #expect(list.commands.count == FaceMeshTopology.tessellation.count)
        list.removeAll()
        #expect(list.commands.isEmpty)
    }

    @Test func aFaceIsItsMeshOrElseItsDetection() {
        var (face, list) = (Face(), list)
        face.detection = Detection(Array(repeating: Float(0.5), count: 16))
        list.add(face)
        #expect(list.commands.count == 16)
        list.removeAll()
        face.landmarks = self.face
        list.add(face)
        #expect(list.commands.count > 1000)
    }
}
