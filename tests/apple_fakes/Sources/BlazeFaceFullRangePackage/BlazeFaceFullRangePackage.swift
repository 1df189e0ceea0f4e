import BlazeMesh
import BlazeMeshCore
import SampleModels

extension Located where Model == DetectorModel {
    public static var blazeFaceFullRange: Located {
        get throws { try located(DetectorModel.blazeFaceFullRange, DetectorModel.blazeFaceFullRange.package) }
    }
}
