import BlazeMesh
import BlazeMeshCore
import SampleModels

extension Located where Model == MeshModel {
    public static var faceMesh: Located {
        get throws { try located(MeshModel.faceMesh, MeshModel.faceMesh.package) }
    }
}
