"""MIL operators as ONNX nodes, one function an operator."""
