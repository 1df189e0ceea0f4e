"""Judges a saved Core ML package against its original, with or without a Mac."""
