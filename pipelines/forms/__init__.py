"""What comes out of a package, and how it follows from the network's raw outputs, in plain numpy.

A form names a package's final outputs and the optional inputs of its own, writes itself into the package's metadata, is
read back from there, and says what the outputs must be: the twin of what pipelines/mil/forms.py emits.
"""
