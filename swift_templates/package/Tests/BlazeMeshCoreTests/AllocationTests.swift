import AllocationProbe
import Testing

@testable import BlazeMeshCore

/// How many allocations `body` makes on this thread.
private func allocations(_ body: () -> Void) -> Int {
    allocation_probe_begin()
    body()
    return Int(allocation_probe_end())
}

private let canCount: Bool = {
    allocation_probe_begin()
    return allocation_probe_end() >= 0
}()

#if DEBUG
    private let isOptimised = false
#else
    private let isOptimised = true
#endif

/// Unoptimised code allocates for generics that are specialised otherwise; without glibc, or under a sanitizer, nobody
/// counts. Then nothing is claimed.
@Suite(
    .enabled(if: isOptimised, "a debug build: run with -c release"),
    .enabled(if: canCount, "allocations can't be counted here: no glibc, or a sanitizer's own allocator"))
struct AllocationTests {
    @Test func theProbeCounts() {
        var numbers: [Int] = []
        #expect(allocations { numbers = Array(0..<1000) } >= 1)
        #expect(numbers.count == 1000)
        #expect(allocations {} == 0)
    }

    @Test func detectionAllocatesNothing() throws {
        for each in try Golden<DetectionCase>.load("core_detection").cases where each.candidates.count >= 10 {
            let (regressors, logits) = each.outputs
            var (detector, faces) = (each.detectorForIt, [Detection]())
            try regressors.withUnsafeBufferPointer { regressors in
                try logits.withUnsafeBufferPointer { logits in
                    let rows = try #require(TensorView(regressors, rows: logits.count, columns: 16))
                    let column = try #require(TensorView(logits, rows: logits.count))
                    try detector.detect(regressors: rows, logits: column, into: &faces)
                    let count = allocations { try? detector.detect(regressors: rows, logits: column, into: &faces) }
                    #expect(count == 0, "\(each.name)")
                }
            }
        }
    }

    /// Three faces, of which the second one is away in every fifth frame.
    private struct Scene {
        static let frame = SIMD2<Float>(640, 480)
        let detections: [Detection]
        let crops: [[Float]]

        init() throws {
            let actors = (0..<3).map { Actor([120 + 200 * Double($0), 240, 5, 0.1, 0.9]) }
            detections = actors.map { Detection(letterboxed($0, Self.frame)) }
            crops = try actors.map { actor in
                let landmarks = actor.landmarks(in: Self.frame)
                return actor.landmarks(in: try #require(Region.around(landmarks: landmarks, frameSize: Self.frame)))
            }
        }

        func detect(_ time: Int, _ found: inout [Detection]) {
            for index in detections.indices where index != 1 || time % 5 != 4 { found.append(detections[index]) }
        }

        func look(_ time: Int, _ region: Region, _ crop: inout CropLandmarks) {
            let index = min(max(Int(region.centerInPixels.x - 20) / 200, 0), 2)
            crops[index].withUnsafeBufferPointer { numbers in
                guard let tensor = TensorView(numbers, rows: 468, columns: 3) else { return }
                try? crop.read(tensor, presence: index == 1 && time % 5 == 4 ? 0.1 : 0.9)
            }
        }
    }

    private func tracker() -> FaceTracker {
        FaceTracker(settings: FaceTracker.Settings(maximumFaces: 3, geometry: true))
    }

    /// One face goes and comes back as another: nothing is allocated but for more faces than there ever were.
    @Test func trackingAllocatesNothing() throws {
        let scene = try Scene()
        var tracker = tracker()
        for time in 0..<40 {
            let count = allocations {
                tracker.track(frameSize: Scene.frame, seconds: Double(time) / 30) { found in
                    scene.detect(time, &found)
                } look: { region, crop in
                    scene.look(time, region, &crop)
                }
            }
            #expect(time < 10 || count == 0, "frame \(time)")
            #expect(tracker.faces.count == (time % 5 == 4 ? 2 : 3))
        }
    }

    @Test func trackingDetectionsAllocatesNothing() throws {
        let scene = try Scene()
        var tracker = tracker()
        for time in 0..<40 {
            let count = allocations {
                tracker.track(frameSize: Scene.frame) { found in
                    scene.detect(time, &found)
                }
            }
            #expect(time < 10 || count == 0, "frame \(time)")
        }
        #expect(tracker.faces.count == 2)
    }

    @Test func drawingAllocatesNothing() throws {
        let frame = SIMD2<Float>(640, 480)
        var face = Face()
        face.frameSize = frame
        let irises = (0..<10).map { SIMD3(0.5 + Float($0) / 1000, 0.5, 0) }
        face.landmarks = Actor([320, 240, 8, 0, 1]).landmarks(in: frame) + irises
        face.detection = Detection(Array(repeating: Float(0.5), count: 16))
        var (solver, vertices) = (PoseSolver(), [SIMD3<Float>]())
        face.pose = solver.solve(face.landmarks, frameSize: frame, camera: Camera(), vertices: &vertices)
        var list = DrawList(transform: try #require(FrameTransform.filling(view: SIMD2(393, 852), frame: frame)))
        let all: DrawLayers = [.mesh, .contours, .irises, .boxes, .keypoints, .axes]
        list.add(face, layers: all)
        let drawn = list.commands.count
        let count = allocations {
            list.removeAll()
            if let transform = FrameTransform.filling(view: SIMD2(852, 393), frame: frame) {
                list.transform = transform
            }
            list.add(face, layers: all)
        }
        #expect(count == 0)
        #expect(list.commands.count == drawn && drawn == 1322 + 124 + 48 + 4 + 12 + 7)
    }
}

/// A face's detection, normalised to the square around the frame.
private func letterboxed(_ actor: Actor, _ frame: SIMD2<Float>) -> [Float] {
    let points = actor.landmarks(in: frame).map { SIMD2($0.x, ($0.y * frame.y + 80) / frame.x) }
    let (x, y) = (points.map(\.x), points.map(\.y))
    let box = [x.min() ?? 0, y.min() ?? 0, x.max() ?? 0, y.max() ?? 0]
    return box + [33, 263, 4, 13, 234, 454].flatMap { [points[$0].x, points[$0].y] }
}
