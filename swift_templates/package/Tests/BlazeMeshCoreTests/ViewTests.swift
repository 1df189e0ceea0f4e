import Testing

@testable import BlazeMeshCore

@Suite struct ViewTests {
    private let portrait = SIMD2<Float>(393, 852)
    private let frame = SIMD2<Float>(720, 1280)

    /// The corners of the frame in the view.
    private func corners(_ transform: FrameTransform) -> (SIMD2<Float>, SIMD2<Float>) {
        (transform.apply(SIMD2(0, 0)), transform.apply(SIMD2(1, 1)))
    }

    /// Within what float32 can say of a thousand points.
    private func isClose(_ found: SIMD2<Float>, _ expected: SIMD2<Float>) -> Bool {
        ((found - expected) * (found - expected)).max() < 1e-6
    }

    @Test func aFilledViewCutsOffAsMuchOnBothSides() throws {
        let (low, high) = corners(try #require(FrameTransform.filling(view: portrait, frame: frame)))
        #expect(isClose(low, SIMD2(-43.125, 0)) && isClose(high, SIMD2(436.125, 852)))
        let (left, right) = corners(try #require(FrameTransform.filling(view: SIMD2(852, 393), frame: SIMD2(640, 480))))
        #expect(isClose(left, SIMD2(0, -123)) && isClose(right, SIMD2(852, 516)))
    }

    @Test func aFittedFrameIsSeenWhole() throws {
        let (low, high) = corners(try #require(FrameTransform.fitting(view: portrait, frame: SIMD2(1280, 720))))
        #expect(low.x == 0 && high.x == 393)
        #expect(abs(high.y - low.y - 393 * 720 / 1280) < 1e-3 && abs(low.y + high.y - 852) < 1e-3)
    }

    @Test(arguments: [false, true]) func aFrameOfTheViewsShapeIsNeitherCutNorSmall(isMirrored: Bool) throws {
        let view = frame / 2
        let fill = try #require(FrameTransform.filling(view: view, frame: frame, isMirrored: isMirrored))
        let fit = try #require(FrameTransform.fitting(view: view, frame: frame, isMirrored: isMirrored))
        #expect(fill == fit)
        #expect(fill.apply(SIMD2(0.25, 0.125)) == SIMD2(isMirrored ? 270 : 90, 80))
    }

    @Test func aMirroredViewIsTheOtherOneFlippedInItsMiddle() throws {
        for frame in [frame, SIMD2(640, 480)] {
            let plain = try #require(FrameTransform.filling(view: portrait, frame: frame))
            let mirrored = try #require(FrameTransform.filling(view: portrait, frame: frame, isMirrored: true))
            for point in [SIMD2<Float>(0.1, 0.9), SIMD2(0.5, 0.5), SIMD2(1.2, -0.3)] {
                let (here, there) = (plain.apply(point), mirrored.apply(point))
                #expect(abs(here.x + there.x - portrait.x) < 1e-3 && here.y == there.y)
            }
        }
    }

    @Test(arguments: [0, -1, Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    func sizesThatAreNoneHaveNoPlace(value: Float) {
        let hostile = [SIMD2(value, 852), SIMD2(393, value), SIMD2(value, value)]
        for size in hostile {
            #expect(FrameTransform.filling(view: size, frame: frame) == nil)
            #expect(FrameTransform.fitting(view: SIMD2(value, value), frame: frame) == nil)
            #expect(FrameTransform.filling(view: portrait, frame: SIMD2(value, value)) == nil)
        }
        #expect(FrameTransform.filling(view: .zero, frame: .zero) == nil)
    }
}
