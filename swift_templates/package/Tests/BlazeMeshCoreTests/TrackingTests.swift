import Testing

@testable import BlazeMeshCore

struct TrackingCase: Decodable {
    struct Frame: Decodable {
        let seconds: Double
        let actors: [[Double]]
        let detections: [[Float]]
    }
    struct Face: Decodable {
        let id: Int
        let detected: Bool
        let presence: Float?
        let region: [Float]?
        let landmarks: [[Float]]?
    }

    let name: String
    let frame: [Float]
    let max_faces: Int
    let mesh: Bool
    let frames: [Frame]
    let expected: [[Face]]

    var frameSize: SIMD2<Float> { SIMD2(frame[0], frame[1]) }
}

/// The mesh network of blazemesh/core_vectors/tracking.py: it knows where the faces are.
func look(_ actors: [Actor], _ region: Region, _ crop: inout CropLandmarks) throws {
    let (center, reach) = (SIMD2<Double>(region.centerInPixels), Double(region.sizeInPixels.x) / 2)
    func distance(_ actor: Actor) -> Double {
        let offset = SIMD2(actor.x, actor.y) - center
        return (offset * offset).sum().squareRoot()
    }
    let nearest = actors.min { distance($0) < distance($1) }
    let actor = nearest.flatMap { distance($0) < reach ? $0 : nil }
    let numbers = actor?.landmarks(in: region) ?? Array(repeating: 0, count: 3 * 468)
    try numbers.withUnsafeBufferPointer { numbers in
        let tensor = try #require(TensorView(numbers, rows: 468, columns: 3))
        try crop.read(tensor, presence: Float(actor?.presence ?? 0.01))
    }
}

extension FaceTracker {
    /// One frame of a case.
    mutating func track(_ frame: TrackingCase.Frame, of video: TrackingCase) throws {
        let found = frame.detections.map { Detection($0) }
        guard video.mesh else {
            return track(frameSize: video.frameSize) { $0 = found }
        }
        let actors = frame.actors.map { Actor($0) }
        try track(frameSize: video.frameSize, seconds: frame.seconds) { detections in
            detections = found
        } look: { region, crop in
            try look(actors, region, &crop)
        }
    }
}

@Suite struct TrackingTests {
    static let chosen = [0, 4, 33, 263, 467]

    @Test(arguments: 0..<4)
    func facesAreTheTwinsInEveryFrame(video: Int) throws {
        let golden = try Golden<TrackingCase>.load("core_tracking")
        #expect(golden.cases.count == 4)
        #expect(golden.tolerance == 1e-4)
        let each = golden.cases[video]
        var tracker = FaceTracker(settings: FaceTracker.Settings(maximumFaces: each.max_faces))
        for (index, (frame, expected)) in zip(each.frames, each.expected).enumerated() {
            try tracker.track(frame, of: each)
            let comment: Comment = "\(each.name), frame \(index)"
            #expect(tracker.faces.map(\.id) == expected.map(\.id), comment)
            #expect(tracker.faces.map { $0.detection != nil } == expected.map(\.detected), comment)
            #expect(difference(tracker.faces.flatMap(numbers), expected.flatMap(numbers)) <= golden.tolerance, comment)
        }
        #expect(each.frames.count == 100)
    }

    private func numbers(_ face: Face) -> [Float] {
        guard let region = face.region, let presence = face.presence else { return [] }
        return [presence] + region.numbers + Self.chosen.map { face.landmarks[$0] }.flatMap { [$0.x, $0.y, $0.z] }
    }

    private func numbers(_ face: TrackingCase.Face) -> [Float] {
        guard let region = face.region, let presence = face.presence else { return [] }
        return [presence] + region + (face.landmarks ?? []).flatMap { $0 }
    }

    @Test func theVideosHoldFacesThatComeAndGo() throws {
        for each in try Golden<TrackingCase>.load("core_tracking").cases {
            let ids = Set(each.expected.flatMap { $0.map(\.id) })
            #expect(ids.count > each.expected[0].count, "\(each.name)")
            #expect(Set(each.expected.map(\.count)).count > 1, "\(each.name)")
        }
    }

    private struct Broken: Error {}

    /// A tracker that follows one face.
    private func following() throws -> (FaceTracker, TrackingCase) {
        let video = try Golden<TrackingCase>.load("core_tracking").cases[0]
        var tracker = FaceTracker()
        try tracker.track(video.frames[0], of: video)
        #expect(tracker.faces.count == 1)
        return (tracker, video)
    }

    @Test func aFrameThatFailsChangesNothing() throws {
        var (tracker, video) = try following()
        let before = tracker.faces
        #expect(throws: Broken.self) {
            try tracker.track(frameSize: video.frameSize, seconds: 1) { _ in
            } look: { _, _ in
                throw Broken()
            }
        }
        #expect(tracker.faces == before)
        try tracker.track(video.frames[1], of: video)
        #expect(tracker.faces.map(\.id) == before.map(\.id))
    }

    @Test func aFrameOfAnotherSizeBeginsAnotherVideo() throws {
        var (tracker, _) = try following()
        #expect(!tracker.wantsDetections)
        var asked = false
        tracker.track(frameSize: SIMD2(100, 100), seconds: 1) { _ in
            asked = true
        } look: { _, _ in
        }
        #expect(asked)
        #expect(tracker.faces.isEmpty)
    }

    @Test func resetForgetsFacesAndIdsGoOn() throws {
        var (tracker, video) = try following()
        tracker.reset()
        try tracker.track(video.frames[1], of: video)
        #expect(tracker.faces.map(\.id) == [1])
    }

    @Test(arguments: [Float.nan, .infinity])
    func landmarksThatAreNotFiniteAreNoFace(value: Float) throws {
        let (tracker, video) = try following()
        for column in 0..<3 {
            var numbers = Actor(video.frames[1].actors[0]).landmarks(in: try #require(tracker.faces[0].region))
            numbers[3 * 200 + column] = value
            var copy = tracker
            try copy.track(frameSize: video.frameSize, seconds: 1) { _ in
            } look: { _, crop in
                try numbers.withUnsafeBufferPointer {
                    try crop.read(try #require(TensorView($0, rows: 468, columns: 3)), presence: 0.9)
                }
            }
            #expect(copy.faces.isEmpty)
        }
    }

    @Test func detectionsAloneHaveNoMeshOfAnEarlierFrame() throws {
        let video = try Golden<TrackingCase>.load("core_tracking").cases[0]
        var tracker = FaceTracker(settings: FaceTracker.Settings(geometry: true))
        for frame in video.frames[..<3] { try tracker.track(frame, of: video) }
        #expect(tracker.faces[0].pose != nil)
        for frame in video.frames[3..<6] {
            tracker.track(frameSize: video.frameSize) { $0 = frame.detections.map { Detection($0) } }
            let face = try #require(tracker.faces.first)
            #expect(face.landmarks.isEmpty && face.metricVertices.isEmpty && face.pose == nil && face.id == 0)
            #expect(face.region == nil && face.presence == nil && face.detection != nil)
        }
        try tracker.track(video.frames[6], of: video)
        #expect(tracker.faces[0].landmarks.count == 468 && tracker.faces[0].id == 0)
    }

    @Test func heldFacesStayAsTheyWere() throws {
        var (tracker, video) = try following()
        let held = tracker.faces
        let numbers = held[0].landmarks.map { $0 }
        for frame in video.frames[1..<5] { try tracker.track(frame, of: video) }
        #expect(held[0].landmarks == numbers)
        #expect(tracker.faces[0].landmarks != numbers)
    }

    @Test func geometryFollowsTheLandmarksThatAreGivenOut() throws {
        let video = try Golden<TrackingCase>.load("core_tracking").cases[2]
        let settings = FaceTracker.Settings(maximumFaces: 4, geometry: true)
        var tracker = FaceTracker(settings: settings)
        for frame in video.frames[..<20] { try tracker.track(frame, of: video) }
        for face in tracker.faces {
            var (solver, vertices) = (PoseSolver(), [SIMD3<Float>]())
            let pose = solver.solve(
                face.landmarks, frameSize: face.frameSize, camera: Camera(), vertices: &vertices)
            #expect(face.pose == pose)
            #expect(face.metricVertices == vertices && vertices.count == 468)
        }
        tracker.settings.geometry = false
        try tracker.track(video.frames[20], of: video)
        #expect(tracker.faces.allSatisfy { $0.pose == nil && $0.metricVertices.isEmpty })
    }
}
