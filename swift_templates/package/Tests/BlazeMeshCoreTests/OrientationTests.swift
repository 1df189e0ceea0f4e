import Testing

@testable import BlazeMeshCore

struct OrientationCase: Decodable {
    struct Expected: Decodable {
        let matrix: [[Float]]
        let inverse: UInt32
        let mirrored: UInt32
        let swaps_sides: Bool
    }

    let name: String
    let value: UInt32
    let expected: Expected
}

@Suite struct OrientationTests {
    @Test func theTableIsTheTwins() throws {
        let golden = try Golden<OrientationCase>.load("core_orientation")
        #expect(golden.cases.map(\.value) == FrameOrientation.allCases.map(\.rawValue))
        for each in golden.cases {
            let orientation = try #require(FrameOrientation(rawValue: each.value))
            let (found, told) = (orientation.toUpright, each.expected.matrix)
            #expect([found.xAxis.x, found.yAxis.x, found.translation.x] == told[0], "\(each.name)")
            #expect([found.xAxis.y, found.yAxis.y, found.translation.y] == told[1], "\(each.name)")
            #expect(orientation.inverse.rawValue == each.expected.inverse, "\(each.name)")
            #expect(orientation.mirrored.rawValue == each.expected.mirrored, "\(each.name)")
            #expect(orientation.swapsSides == each.expected.swaps_sides, "\(each.name)")
        }
    }

    @Test(arguments: FrameOrientation.allCases)
    func whatIsTurnedIsTurnedBack(orientation: FrameOrientation) {
        let point = SIMD2<Float>(0.25, 0.125)
        #expect(orientation.fromUpright.apply(orientation.toUpright.apply(point)) == point)
        #expect(orientation.mirrored.mirrored == orientation)
        #expect(orientation.isMirrored != orientation.mirrored.isMirrored)
        let upright = orientation.toUpright.apply(point)
        #expect(orientation.mirrored.toUpright.apply(point) == SIMD2(1 - upright.x, upright.y))
        let size = orientation.uprightSize(of: SIMD2(640, 480))
        #expect(size == (orientation.swapsSides ? SIMD2(480, 640) : SIMD2(640, 480)))
    }
}
