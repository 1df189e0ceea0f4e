// iOS refuses: extra argument 'filter' in call
import PhotosUI
import SwiftUI

struct Choice: View {
    @State private var item: PhotosPickerItem?

    var body: some View { PhotosPicker("Choose a photo", selection: $item, filter: .images) }
}
