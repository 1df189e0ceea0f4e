// Imported by the sample's models, where Apple's PhotosUI shows its items only beside it.
