import BlazeMesh
import BlazeMeshCore
import SampleModels

extension Located where Model == MeshModel {
    public static var faceMeshAttention: Located {
        get throws { try located(MeshModel.faceMeshAttention, MeshModel.faceMeshAttention.package) }
    }
}
