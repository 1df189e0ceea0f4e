import BlazeMesh
import BlazeMeshCore
import SampleModels

extension Located where Model == DetectorModel {
    public static var blazeFaceShortRange: Located {
        get throws { try located(DetectorModel.blazeFaceShortRange, DetectorModel.blazeFaceShortRange.package) }
    }
}
