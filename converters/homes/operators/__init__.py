"""One function per operator, from its `.tflite` form to the steps of a home."""
