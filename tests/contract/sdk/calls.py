"""How one of the vendor's operations is called, and what its answer must show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from contract.sdk.centre import Centre

Given: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]


def given(*arguments: Any, **more: Any) -> Given:
    """The arguments of a call."""
    return arguments, more


@dataclass(frozen=True, slots=True)
class Call:
    """One row: the operation, its arguments, what its answer must show, and who calls (``admin`` or an agent's number)."""

    operation: str
    arguments: Callable[[Centre], Given]
    shows: Callable[[Any, Centre], object]
    by: str | int = "admin"


def nothing(answer: Any, centre: Centre) -> bool:
    """The answer of an operation without a body."""
    del centre
    return answer is None
