// iOS refuses: requires that 'UIImage' conform to 'Transferable'
import PhotosUI
import UIKit

func picture(of item: PhotosPickerItem) async throws -> UIImage? {
    try await item.loadTransferable(type: UIImage.self)
}
