"""Values of the rules: frozen to the type checker, plain when they run.

A frozen dataclass fills its fields through `object.__setattr__`, at eight times the price. A bid makes some fifty of
them, and that would be a tenth of all it costs. Who changes a field anyway does not pass the type check.
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """A dataclass with slots, equal and hashed by its fields, which nobody may set."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
