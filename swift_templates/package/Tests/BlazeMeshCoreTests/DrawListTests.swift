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
        #expect(refined.commands.count == plain.commands.count + 2 * 24)
        var nothing = before
        nothing.add(mesh: [])
        #expect(nothing.commands.isEmpty)
    }

    @Test func anIrisIsAnEllipseThroughItsFourPoints() throws {
        var list = list
        let around: [SIMD2<Float>] = [SIMD2(0.6, 0.5), SIMD2(0.5, 0.45), SIMD2(0.4, 0.5), SIMD2(0.5, 0.55)]
        let iris = [SIMD3(0.5, 0.5, 0)] + around.map { SIMD3($0.x, $0.y, 0) }
        list.add(.left, contour: [], iris: iris)
        let ends = list.commands.compactMap(ends)
        #expect(ends.count == 24)
        for (index, (start, end)) in ends.enumerated() {
            let next = ends[(index + 1) % 24].0
            #expect(end == next, "closed")
            let across = (start / size - SIMD2(0.5, 0.5)) / SIMD2(0.1, 0.05)
            #expect(abs((across * across).sum() - 1) < 1e-4)
        }
        for (quarter, point) in around.enumerated() {
            let distance = ends[6 * quarter].0 - point * size
            #expect((distance * distance).sum() < 1e-4)
        }
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
        #expect(list.commands.count == Eye.outline.count + 24 + 1)
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

    @Test func whatIsNotFiniteIsLeftOut() {
        var list = list
        for value in [Float.nan, .infinity, -.greatestFiniteMagnitude] {
            var broken = self.face
            broken[33] = SIMD3(value, 0, 0)
            list.add(mesh: broken)
            list.add(surface: broken)
            var face = Face()
            face.landmarks = broken
            list.add(face, layers: .boxes)
            var numbers = Array(repeating: Float(0.5), count: 16)
            numbers[15] = value
            list.add(Detection(numbers))
            list.add(Detection(Array(repeating: value, count: 16)))
        }
        let points = list.commands.flatMap { command -> [SIMD2<Float>] in
            switch command {
            case .point(let center, _, _): [center]
            case .line(let from, let to, _, _): [from, to]
            case .triangle(let a, let b, let c, _): [a, b, c]
            }
        }
        #expect(points.count > 9000)
        #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }
}

/// What is drawn of a face with everything, and of one with a detection alone.
@Suite struct DrawLayersTests {
    private let frame = SIMD2<Float>(640, 480)
    private let pose = Pose(
        xAxis: SIMD3(1, 0, 0), yAxis: SIMD3(0, 1, 0), zAxis: SIMD3(0, 0, 1), scale: 1, translation: SIMD3(2, -1, -40))

    private var detected: Face {
        var face = Face()
        face.frameSize = frame
        face.detection = Detection([0.25, 0.25, 0.75, 0.5] + (0..<12).map { Float($0) / 12 })
        return face
    }

    private var meshed: Face {
        var face = detected
        let iris = (0..<10).map { SIMD3(0.5 + Float($0) / 1000, 0.5, 0) }
        face.landmarks = Actor([320, 240, 8, 0.3, 1]).landmarks(in: frame) + iris
        face.pose = pose
        return face
    }

    private func commands(_ face: Face, _ layers: DrawLayers) -> [DrawCommand] {
        var list = DrawList(transform: FrameTransform(scale: frame))
        list.add(face, layers: layers)
        return list.commands
    }

    @Test(arguments: [
        (DrawLayers.mesh, 1322), (.contours, 124), (.irises, 48), (.boxes, 4), (.keypoints, 12), (.axes, 7),
    ])
    func eachLayerIsDrawnByItself(layer: DrawLayers, count: Int) {
        #expect(commands(meshed, layer).count == count)
        let all: DrawLayers = [.mesh, .contours, .irises, .boxes, .keypoints, .axes]
        let drawn = Set(commands(meshed, all))
        #expect(commands(meshed, layer).allSatisfy(drawn.contains))
        #expect(commands(meshed, all.subtracting(layer)).count == 1517 - count)
    }

    @Test func theUsualLayersAreTheMesh() {
        var (list, mesh) = (DrawList(transform: FrameTransform(scale: frame)), DrawList(transform: .init(scale: frame)))
        list.add(meshed)
        mesh.add(mesh: meshed.landmarks)
        #expect(list.commands == mesh.commands)
        #expect(list.commands.count == 1322 + 124 + 48)
    }

    @Test(arguments: [DrawLayers.mesh, .contours, .irises, [.mesh, .axes], [.irises, .boxes]])
    func aFaceWithoutLandmarksIsItsDetection(layers: DrawLayers) {
        var list = DrawList(transform: FrameTransform(scale: frame))
        if let detection = detected.detection { list.add(detection) }
        #expect(commands(detected, layers) == list.commands)
        #expect(list.commands.count == 16)
    }

    @Test func ofADetectionWhatIsAskedForIsDrawn() {
        #expect(commands(detected, .boxes).count == 4)
        #expect(commands(detected, .keypoints).count == 12)
        #expect(commands(detected, .axes).isEmpty)
        #expect(commands(detected, []).isEmpty)
        #expect(commands(Face(), [.mesh, .boxes, .keypoints, .axes]).isEmpty)
    }

    @Test func aBoxIsTheSameWhetherTheDetectorRan() {
        var tracked = meshed
        tracked.detection = nil
        #expect(commands(tracked, .boxes) == commands(meshed, .boxes))
        #expect(commands(tracked, .keypoints).isEmpty)
        let (x, y) = (meshed.landmarks.map(\.x), meshed.landmarks.map(\.y))
        guard case .line(let from, _, _, _) = commands(tracked, .boxes)[0] else { return }
        #expect(from == SIMD2(x.min() ?? 0, y.min() ?? 0) * frame)
    }

    @Test func axesBeginWhereTheHeadIs() throws {
        let drawn = commands(meshed, .axes)
        guard case .point(let origin, _, _) = try #require(drawn.last) else { throw NotAsExpected() }
        let scale = frame.y / (2 * Float(LibM.tangent(63 * .pi / 360)))
        #expect(abs(origin.x - (320 + scale * 2 / 40)) < 1e-3 && abs(origin.y - (240 + scale / 40)) < 1e-3)
        guard case .triangle(let tip, _, _, let color) = drawn[1] else { throw NotAsExpected() }
        #expect(tip.x > origin.x && abs(tip.y - origin.y) < 1e-3 && color == DrawStyle().xAxis)
        guard case .triangle(let top, _, _, _) = drawn[3] else { throw NotAsExpected() }
        #expect(top.y < origin.y && abs(top.x - origin.x) < 1e-3)
    }

    private struct NotAsExpected: Error {}

    @Test func anAxisBehindTheCameraOrAtItIsNotDrawn() {
        var face = meshed
        face.pose = Pose(
            xAxis: pose.xAxis, yAxis: pose.yAxis, zAxis: pose.zAxis, scale: 1, translation: SIMD3(0, 0, -13.5))
        #expect(commands(face, .axes).isEmpty)
        face.pose = Pose(
            xAxis: pose.xAxis, yAxis: pose.yAxis, zAxis: pose.zAxis, scale: 1, translation: SIMD3(0, 0, -40))
        #expect(commands(face, .axes).count == 5, "z points at the camera, and has no length")
        face.pose = nil
        #expect(commands(face, .axes).isEmpty)
        face.pose = pose
        face.frameSize = .zero
        #expect(commands(face, .axes).isEmpty)
    }

    @Test func axesAreTheTwins() throws {
        let golden = try Golden<AxesCase>.load("core_axes")
        #expect(golden.cases.count == 40 && golden.tolerance == 1e-4)
        for each in golden.cases {
            let (pose, camera) = (each.headPose, Camera(verticalFieldOfView: each.field_of_view))
            let points = [
                SIMD3(0, 0, 0), SIMD3(DrawList.axis, 0, 0), SIMD3(0, DrawList.axis, 0), SIMD3(0, 0, DrawList.ahead),
            ]
            let found = points.compactMap { camera.project(pose.apply($0), frameSize: each.frameSize) }
            var list = DrawList(transform: FrameTransform(scale: each.frameSize))
            list.add(pose, frameSize: each.frameSize, camera: camera)
            guard let expected = each.expected else {
                #expect(found.count < 4 && list.commands.isEmpty, "\(each.name)")
                continue
            }
            #expect(
                difference(found.flatMap { [$0.x, $0.y] }, expected.flatMap { $0 }) <= golden.tolerance, "\(each.name)")
            #expect(list.commands.count == 7, "\(each.name)")
        }
    }
}

struct AxesCase: Decodable {
    let name: String
    let frame: [Float]
    let field_of_view: Float
    let pose: [[Float]]
    let expected: [[Float]]?

    var frameSize: SIMD2<Float> { SIMD2(frame[0], frame[1]) }

    var headPose: Pose {
        let columns = (0..<4).map { column in SIMD3(pose[0][column], pose[1][column], pose[2][column]) }
        let scale = (columns[0] * columns[0]).sum().squareRoot()
        return Pose(
            xAxis: columns[0] / scale, yAxis: columns[1] / scale, zAxis: columns[2] / scale, scale: scale,
            translation: columns[3])
    }
}
