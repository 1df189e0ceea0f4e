// iOS refuses: cannot convert value of type 'Binding<PhotosPickerItem>' to expected argument type 'Binding<PhotosPickerItem?>'
import PhotosUI
import SwiftUI

struct Choice: View {
    @State private var item = PhotosPickerItem(itemIdentifier: "")

    var body: some View { PhotosPicker("Choose a photo", selection: $item, matching: .images) }
}
