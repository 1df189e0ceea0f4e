import Testing

@testable import BlazeMeshCore

struct SmoothingCase: Decodable {
    struct Frame: Decodable {
        let seconds: Double
        let landmarks: [[Float]]
    }

    let name: String
    let frame: [Float]
    let frames: [Frame]
    let expected: [[[Float]]]
}

@Suite struct SmoothingTests {
    @Test func filteredLandmarksAreTheTwins() throws {
        let golden = try Golden<SmoothingCase>.load("core_smoothing")
        #expect(golden.tolerance == 1e-4)
        for each in golden.cases {
            var (smoother, worst) = (LandmarkSmoother(), Float(0))
            for (frame, expected) in zip(each.frames, each.expected) {
                var landmarks = frame.landmarks.map { SIMD3($0[0], $0[1], $0[2]) }
                smoother.apply(to: &landmarks, frameSize: SIMD2(each.frame[0], each.frame[1]), seconds: frame.seconds)
                let found = landmarks.flatMap { [$0.x, $0.y, $0.z] }
                worst = max(worst, difference(found, expected.flatMap { $0 }))
            }
            #expect(worst <= golden.tolerance, "\(each.name)")
        }
        #expect(golden.cases.contains { $0.frames.count == 100 })
    }

    @Test func theVectorsAreOfFilteredLandmarks() throws {
        let each = try Golden<SmoothingCase>.load("core_smoothing").cases[0]
        let raw = each.frames.flatMap { $0.landmarks.flatMap { $0 } }
        #expect(difference(raw, each.expected.flatMap { $0.flatMap { $0 } }) > 1e-3)
    }

    private let frame = SIMD2<Float>(640, 480)

    private func points(_ shift: Float, count: Int = 4) -> [SIMD3<Float>] {
        (0..<count).map { SIMD3(0.1 * Float($0) + shift, 0.2 * Float($0), 0) }
    }

    @Test(arguments: [1.0, 0.5, .nan, .infinity])
    func timesThatDoNotAdvanceChangeNothing(seconds: Double) {
        var (smoother, twin) = (LandmarkSmoother(), LandmarkSmoother())
        for index in 0..<2 {
            var first = points(0)
            if index == 0 { smoother.apply(to: &first, frameSize: frame, seconds: 1) }
            first = points(0)
            if index == 0 { twin.apply(to: &first, frameSize: frame, seconds: 1) }
        }
        var later = points(0.1)
        smoother.apply(to: &later, frameSize: frame, seconds: seconds)
        #expect(later == points(0.1))
        var (next, expected) = (points(0.2), points(0.2))
        smoother.apply(to: &next, frameSize: frame, seconds: 2)
        twin.apply(to: &expected, frameSize: frame, seconds: 2)
        #expect(next == expected && next != points(0.2))
    }

    @Test func anotherNumberOfLandmarksBeginsAnew() {
        var (smoother, more) = (LandmarkSmoother(), points(0.3, count: 7))
        var few = points(0)
        smoother.apply(to: &few, frameSize: frame, seconds: 0)
        smoother.apply(to: &more, frameSize: frame, seconds: 1)
        #expect(more == points(0.3, count: 7))
    }

    @Test func nothingIsLeftAsItIs() {
        var (smoother, nothing) = (LandmarkSmoother(), [SIMD3<Float>]())
        smoother.apply(to: &nothing, frameSize: frame, seconds: 0)
        #expect(nothing.isEmpty)
    }
}
