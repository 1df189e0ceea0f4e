"""The models in use, in Python: regions of a frame, crops for the networks, pictures of what was found."""
