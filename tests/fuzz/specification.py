"""Messages of a specification made nonsense that still parses."""

from typing import Any

from tests.fuzz.mutations import Random

NUMBERS = (0, 1, 2, 5, 7, 64, 127, 2**16, 2**31 - 1)


def scramble(model: Any, source: Random) -> None:
    """Fields of the specification's messages, at any depth, become other values of their type."""
    for _ in range(source.randint(1, 4)):
        message = model
        while (inner := _messages(message)) and source.random() < 0.9:
            message = source.choice(inner)
        _scramble_fields(message, source)


def _messages(message: Any) -> list[Any]:
    """The messages directly inside one, map entries' among them."""
    found: list[Any] = []
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        if field.message_type.GetOptions().map_entry:
            found += [value[key] for key in sorted(value) if hasattr(value[key], "ListFields")]
        else:
            found += list(value) if hasattr(value, "append") else [value]
    return found


def _scramble_fields(message: Any, source: Random) -> None:
    fields = [field for field, _ in message.ListFields()]
    if not fields:
        return
    field = source.choice(fields)
    value = getattr(message, field.name)
    if field.type == field.TYPE_MESSAGE or hasattr(value, "append") or hasattr(value, "keys"):
        message.ClearField(field.name)
    elif isinstance(value, bool):
        setattr(message, field.name, not value)
    elif isinstance(value, int):
        setattr(message, field.name, source.choice(NUMBERS))
    elif isinstance(value, str):
        setattr(message, field.name, source.choice(("", "main", "relu", "conv", "x", "../x", "9", value + "\n")))
    else:
        message.ClearField(field.name)


def rewire(model: Any, source: Random) -> None:
    """Operations change places, kinds and constants, are doubled or gone: what coremltools rebuilds is nonsense."""
    function = model.mlProgram.functions["main"]
    operations = function.block_specializations[function.opset].operations
    kinds = sorted({operation.type for operation in operations} | {"fill", "tile", "split", "pad", "topk"})
    for _ in range(source.randint(1, 3)):
        one, other = (source.randrange(len(operations)) for _ in range(2))
        _rewire(operations, one, other, kinds, source)


def _rewire(operations: Any, one: int, other: int, kinds: list[str], source: Random) -> None:
    what = source.choice(("kind", "inputs", "outputs", "order", "numbers", "gone"))
    if what == "kind":
        operations[one].type = source.choice(kinds)
    elif what == "inputs":
        for parameter in sorted(operations[other].inputs):
            operations[one].inputs[parameter].CopyFrom(operations[other].inputs[parameter])
    elif what == "outputs":
        operations[one].outputs[0].type.CopyFrom(operations[other].outputs[0].type)
    elif what == "order":
        moved = operations.pop(one)
        operations.insert(other, moved)
    elif what == "numbers":
        constants = [o for o in operations if o.attributes["val"].immediateValue.tensor.ints.values]
        values = source.choice(constants).attributes["val"].immediateValue.tensor.ints.values
        values[source.randrange(len(values))] = source.choice((*NUMBERS, -1, -(2**31)))
    elif len(operations) > 1:
        del operations[one]
