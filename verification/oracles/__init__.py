"""What the packages are held to: the originals in their own runtime."""
