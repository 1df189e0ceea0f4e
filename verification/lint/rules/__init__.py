"""The rules, in the order in which they run; importing this registers them."""

from verification.lint.rules import (  # noqa: F401, I001 — the order is that of the reports
    folder,
    pipeline,
    specification,
    features,
    names,
    operations,
    values,
    constants,
    weights,
    reinference,
    apple_tests,
    neural_engine,
    metadata,
)
