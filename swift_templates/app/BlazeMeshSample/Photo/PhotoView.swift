import BlazeMesh
import BlazeMeshCore
import PhotosUI
import SwiftUI

/// A photo with the faces over it.
struct PhotoView: View {
    /// What a result depends on; where it changes the still is looked at again.
    private struct Question: Hashable {
        var still: Int
        var landmarker: Int
        var tracking: FaceTracker.Settings
    }

    let finder: FaceFinder
    let photo: PhotoModel
    @State private var choice: PhotosPickerItem?

    private var faces: [Face] { photo.sighting?.faces ?? [] }

    private var question: Question {
        Question(still: photo.number, landmarker: finder.generation, tracking: finder.settings.tracking)
    }

    var body: some View {
        VStack {
            picture
            StatusView(lines: status)
            buttons
        }
        .padding()
        .task(id: choice) { if let choice { await photo.load(choice) } }
        .task(id: question) { await photo.look(with: finder) }
    }

    @ViewBuilder private var picture: some View {
        if let problem = photo.loadProblem ?? photo.lookProblem ?? finder.lack {
            ProblemView(problem) { Task { await finder.loadAgain() } }
        } else if let still = photo.still {
            Image(uiImage: still.image)
                .resizable()
                .scaledToFit()
                .overlay { FaceMeshOverlay(faces, layers: finder.settings.layers, scaling: .fit) }
                .frame(maxWidth: .infinity, maxHeight: .infinity)
                .accessibilityElement(children: .ignore)
                .accessibilityLabel(still.credit == nil ? "Your photo" : "A photograph of an astronaut")
                .accessibilityValue(FaceSummary.text(for: faces))
            if let credit = still.credit {
                Text(credit).font(.caption)
            }
        } else {
            ProblemView(Problem("No photo", text: "Choose one of yours.", symbol: "photo"))
        }
    }

    private var buttons: some View {
        ViewThatFits {
            HStack { buttonList }
            VStack { buttonList }  // large type
        }
        .buttonStyle(.bordered)
    }

    @ViewBuilder private var buttonList: some View {
        PhotosPicker("Choose a photo", selection: $choice, matching: .images)
        Button("Astronaut") {
            choice = nil
            photo.showAstronaut()
        }
        LayerMenu(finder: finder)
    }

    private var status: [StatusView.Line] {
        if photo.isLoading { return [.loadingPhoto] }
        if finder.isLoading { return [.loading] }
        guard let sighting = photo.sighting else { return [] }
        return sighting.faces.isEmpty ? [.noFace] : []
    }
}
