// iOS refuses: cannot assign to property: 'landmarks' setter is inaccessible
import BlazeMeshCore

func emptied(_ face: Face) -> Face {
    var face = face
    face.landmarks = []
    return face
}
