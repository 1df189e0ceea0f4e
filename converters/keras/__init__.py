"""The Keras home: a Graph as a functional Keras 3 model. Importing this imports no Keras."""
