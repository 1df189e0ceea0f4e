"""Which node is which elementwise operator."""

UNARY = {
    "ABS": "Abs",
    "CEIL": "Ceil",
    "COS": "Cos",
    "ELU": "Elu",
    "EXP": "Exp",
    "FLOOR": "Floor",
    "HARD_SWISH": "HardSwish",
    "LEAKY_RELU": "LeakyRelu",
    "LOG": "Log",
    "LOGICAL_NOT": "Not",
    "LOGISTIC": "Sigmoid",
    "NEG": "Neg",
    "RELU": "Relu",
    "ROUND": "Round",
    "SIGN": "Sign",
    "SIN": "Sin",
    "SQRT": "Sqrt",
    "TANH": "Tanh",
}

CLIPS = {"RELU6": (0, 6), "RELU_N1_TO_1": (-1, 1), "RELU_0_TO_1": (0, 1)}

BINARY = {
    "ADD": ("Add", False),
    "SUB": ("Sub", False),
    "MUL": ("Mul", False),
    "DIV": ("Div", False),
    "MAXIMUM": ("Max", False),
    "MINIMUM": ("Min", False),
    "POW": ("Pow", False),
    "GREATER": ("Greater", True),
    "GREATER_EQUAL": ("GreaterOrEqual", True),
    "LESS": ("Less", True),
    "LESS_EQUAL": ("LessOrEqual", True),
    "EQUAL": ("Equal", True),
    "LOGICAL_AND": ("And", True),
    "LOGICAL_OR": ("Or", True),
}
"""And whether they make truth values."""
