import Testing

@testable import BlazeMeshCore

@Suite struct ModelTests {
    @Test func everyDetectorHasItsAnchors() {
        let counts = Dictionary(
            DetectorModel.all.map { ($0.package.name, $0.anchors.centers.count) }, uniquingKeysWith: { $1 })
        #expect(counts["BlazeFaceShortRange"] == 896)
        #expect(counts["BlazeFaceFullRange"] == 2304)
    }

    @Test func anchorsAreTheMiddlesOfCells() {
        let centers = DetectorModel.blazeFaceShortRange.anchors.centers
        #expect(centers[0] == SIMD2(1.0 / 32, 1.0 / 32) && centers[1] == centers[0])
        #expect(centers[2] == SIMD2(3.0 / 32, 1.0 / 32))
        #expect(centers[512] == SIMD2(1.0 / 16, 1.0 / 16) && centers[517] == centers[512])
        #expect(centers[895] == SIMD2(15.0 / 16, 15.0 / 16))
    }

    @Test func everyPackageSaysWhatItTakesAndGives() throws {
        for model in DetectorModel.all where model.form == .faces {
            #expect(model.package.output("landmarks")?.shape == [try #require(model.slots), 8, 2])
            #expect(model.package.image.width == model.anchors.inputSide)
        }
        for model in MeshModel.all {
            #expect(model.package.output("landmarks")?.shape == [model.landmarkCount, 3])
        }
        let packages = DetectorModel.all.map(\.package) + MeshModel.all.map(\.package) + EyeModel.all.map(\.package)
        #expect(packages.allSatisfy { $0.sha256.count == 64 })
        #expect(packages[0].output("nothing") == nil)
        #expect(Set(packages.map(\.name)).count == packages.count)
    }

    @Test func theTopologyIsMediaPipes() {
        #expect(FaceMeshTopology.tessellation.count == 852)
        #expect(FaceMeshTopology.surface.count == 898)
        #expect(FaceMeshTopology.meshPointCount == 468)
        #expect(FaceMeshTopology.edges(of: .faceOval).first == SIMD2(10, 338))
        #expect(FaceMeshTopology.edges(of: .leftIris).allSatisfy { $0.min() >= 474 })
        #expect(Eye.outline.count == FaceMeshTopology.edges(of: .rightEye).count)
        #expect(Eye.outline.first == SIMD2(0, 1) && Eye.outline.allSatisfy { $0.max() < 16 })
        let edges = FaceMeshTopology.tessellationEdges
        #expect(Set(edges).count == edges.count && edges.allSatisfy { $0.x < $0.y && $0.y < 468 })
        #expect(CanonicalFace.vertices.count == 468 && CanonicalFace.textureCoordinates.count == 468)
        #expect(CanonicalFace.poseLandmarks.count == 33 && CanonicalFace.poseWeights.count == 33)
    }
}
