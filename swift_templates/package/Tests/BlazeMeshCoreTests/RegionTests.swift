import Testing

@testable import BlazeMeshCore

struct RegionCase: Decodable {
    struct Expected: Decodable {
        let detection: [[Float]]
        let around_detection: [Float]
        let around_landmarks: [Float]
        let eyes: [[Float]]
        let crop: [[Float]]
        let point: [Float]
        let overlap: Float
    }

    let name: String
    let frame: [Float]
    let actor: [Double]
    let detection: [[Float]]
    let expected: Expected

    var frameSize: SIMD2<Float> { SIMD2(frame[0], frame[1]) }
}

@Suite struct RegionTests {
    @Test func regionsAndCropsAreTheTwins() throws {
        let golden = try Golden<RegionCase>.load("core_regions")
        #expect(golden.tolerance == 1e-4)
        #expect(golden.cases.count >= 20)
        for each in golden.cases {
            let landmarks = Actor(each.actor).landmarks(in: each.frameSize)
            let detection = Letterbox(frameSize: each.frameSize).toFrame(Detection(each.detection.flatMap { $0 }))
            let first = try #require(Region.around(detection, frameSize: each.frameSize))
            let second = try #require(Region.around(landmarks: landmarks, frameSize: each.frameSize))
            var (found, told) = (numbers(detection).dropFirst() + first.numbers + second.numbers, [Float]())
            found += second.crop + second.projected(SIMD3(0.25, 0.75, 0.5)) + [first.overlap(second)]
            let expected = each.expected
            told += expected.detection.flatMap { $0 } + expected.around_detection + expected.around_landmarks
            told += expected.crop.flatMap { $0 } + expected.point + [expected.overlap]
            #expect(difference(Array(found), told) <= golden.tolerance, "\(each.name)")
        }
    }

    @Test func eyesAreTheTwins() throws {
        let golden = try Golden<RegionCase>.load("core_regions")
        for each in golden.cases {
            let landmarks = Actor(each.actor).landmarks(in: each.frameSize)
            for (eye, expected) in zip([Eye.right, .left], each.expected.eyes) {
                let region = try #require(Region.around(eye, landmarks: landmarks, frameSize: each.frameSize))
                #expect(region.isMirrored == (eye == .left))
                let corner = region.unitToFrame.apply(.zero)
                let found = region.numbers + [corner.x, corner.y]
                #expect(difference(found, expected) <= golden.tolerance, "\(each.name)")
            }
        }
    }

    /// The iris network knows the right eye: a mirrored crop's points come out where the left one is.
    @Test func aMirroredCropIsPlacedMirrored() throws {
        let frame = SIMD2<Float>(640, 480)
        let region = try #require(Region.aroundEye(from: SIMD2(0.5, 0.5), to: SIMD2(0.6, 0.52), frameSize: frame))
        let (plain, mirrored) = (region.projected(SIMD3(0.2, 0.3, 1)), region.mirrored.projected(SIMD3(0.8, 0.3, 1)))
        #expect(difference(plain, mirrored) < 1e-6)
        #expect(abs(plain[2] - region.size.x) < 1e-6)
    }

    @Test func theWholeFrameIsASquare() throws {
        let region = try #require(Region.wholeFrame(size: SIMD2(640, 480)))
        #expect(region.sizeInPixels == SIMD2(640, 640))
        #expect(region.centerInPixels == SIMD2(320, 240))
        #expect(Region.wholeFrame(size: SIMD2(0, 480)) == nil)
        let corner = Letterbox(frameSize: SIMD2(640, 480)).toFrame(SIMD2(0, 0.125))
        #expect(abs(corner.x) < 1e-6 && abs(corner.y) < 1e-6)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func whatIsNotFiniteHasNoRegion(value: Float) throws {
        let frame = SIMD2<Float>(640, 480)
        #expect(Region(center: SIMD2(value, 0), size: SIMD2(1, 1), rotation: 0, frameSize: frame) == nil)
        #expect(Region(center: .zero, size: SIMD2(1, 1), rotation: value, frameSize: frame) == nil)
        var landmarks = Actor([320, 240, 8, 0, 1]).landmarks(in: frame)
        landmarks[77].y = value
        #expect(Region.around(landmarks: landmarks, frameSize: frame) == nil)
        #expect(Region.aroundEye(from: SIMD2(value, 0), to: SIMD2(1, 1), frameSize: frame) == nil)
        for index in [0, 1, 2, 3, 4, 5, 6, 7] {
            var detection = Detection([0.4, 0.4, 0.6, 0.6] + Array(repeating: Float(0.5), count: 12))
            detection.rows[index] = value
            #expect(Region.around(detection, frameSize: frame) == nil, "number \(index)")
        }
    }

    @Test func whatHasNoExtentHasNoRegion() {
        let frame = SIMD2<Float>(640, 480)
        let point = Detection(Array(repeating: Float(0.5), count: 16))
        #expect(Region.around(point, frameSize: frame) == nil)
        #expect(Region.around(landmarks: [], frameSize: frame) == nil)
        #expect(Region.around(.left, landmarks: [], frameSize: frame) == nil)
        let together = Array(repeating: SIMD3<Float>(0.5, 0.5, 0), count: 468)
        #expect(Region.around(landmarks: together, frameSize: frame) == nil)
        #expect(Region.aroundEye(from: SIMD2(0.5, 0.5), to: SIMD2(0.5, 0.5), frameSize: frame) == nil)
    }

    /// A picture turned with what is in it has the same face in the crop.
    @Test(arguments: [-3, -2, -1, -0.5, 0.1, 0.5, 1, 1.6, 2.5, 3.1])
    func landmarksInTheCropDoNotTurnWithTheFace(angle: Double) throws {
        let frame = SIMD2<Float>(1000, 700)
        func crop(_ actor: Actor) throws -> [Float] {
            // A turned face has another box: the region is the upright one's, turned likewise.
            let upright = Actor([actor.x, actor.y, actor.scale, 0, 1])
            let base = try #require(Region.around(landmarks: upright.landmarks(in: frame), frameSize: frame))
            let center = SIMD2(Float(actor.x), Float(actor.y)) / frame
            let region = try #require(
                Region(center: center, size: base.size, rotation: Float(actor.angle), frameSize: frame))
            return actor.landmarks(in: region)
        }
        let still = try crop(Actor([500, 350, 10, 0, 1]))
        #expect(difference(try crop(Actor([500, 350, 10, angle, 1])), still) <= 1e-4)
        let turned = Actor([500, 350, 10, angle, 1])
        let region = try #require(Region.around(landmarks: turned.landmarks(in: frame), frameSize: frame))
        #expect(abs(Region.normalisedAngle(region.rotation - Float(angle))) <= 1e-4)
    }

    @Test func theCropGoesThereAndBack() throws {
        let frame = SIMD2<Float>(1920, 1080)
        let region = try #require(
            Region(center: SIMD2(0.3, 0.6), size: SIMD2(0.18, 0.32), rotation: 2, frameSize: frame))
        #expect(Region(center: .zero, size: SIMD2(0.18, 0.3), rotation: 2, frameSize: frame) == nil)
        #expect(Region(center: .zero, size: SIMD2(0.18, 0.3), rotation: 0, frameSize: frame) != nil)
        for transform in [region.cropToFrame(side: 192), region.mirrored.cropToFrame(side: 192)] {
            let back = try #require(transform.inverse)
            let point = SIMD2<Float>(17, 180)
            let difference = transform.then(back).apply(point) - point
            #expect(abs(difference.x) < 1e-2 && abs(difference.y) < 1e-2)
        }
        #expect(region.mirrored.mirrored == region)
        let apart = region.mirrored.corners.0 - region.corners.1
        #expect(abs(apart.x) < 1e-3 && abs(apart.y) < 1e-3)
        #expect(FrameTransform(scale: .zero).inverse == nil)
        #expect(FrameTransform(scale: SIMD2(.nan, 1)).inverse == nil)
    }

    @Test func anglesAreBroughtIntoOneTurn() {
        for (angle, expected) in [(0, 0), (Float.pi, -Float.pi), (-Float.pi, -Float.pi), (7, 7 - 2 * Float.pi)] {
            #expect(abs(Region.normalisedAngle(angle) - expected) < 1e-6 || abs(angle) == .pi)
        }
    }
}

extension Region {
    /// Where a crop's corners lie in the frame, normalised to it.
    fileprivate var crop: [Float] {
        let transform = cropToFrame(side: 192)
        return [SIMD2<Float>(0, 0), SIMD2(192, 0), SIMD2(0, 192)].flatMap { corner in
            let point = transform.apply(corner) / frameSize
            return [point.x, point.y]
        }
    }

    /// Where a point of the crop lies in the frame, through ``CropLandmarks``.
    fileprivate func projected(_ point: SIMD3<Float>) -> [Float] {
        var (crop, landmarks) = (CropLandmarks(), [SIMD3<Float>]())
        [point.x, point.y, point.z].withUnsafeBufferPointer { numbers in
            guard let tensor = TensorView(numbers, rows: 1, columns: 3) else { return }
            try? crop.read(tensor, presence: 1)
        }
        crop.place(in: self, into: &landmarks)
        return landmarks.flatMap { [$0.x, $0.y, $0.z] }
    }
}
