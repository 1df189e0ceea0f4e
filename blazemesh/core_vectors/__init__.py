"""`make vectors`: what the Python twins compute, for Swift to be held to."""
