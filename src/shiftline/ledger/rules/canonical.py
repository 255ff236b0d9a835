"""JSON in one form only. Source: RFC 8785, without fractions, which nothing here needs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from shiftline.ledger.errors import NoteError

LARGEST = 2**53 - 1
"""Beyond it, readers that keep numbers as IEEE doubles would read another one (RFC 7493, section 2.2)."""


def encode(value: Any) -> bytes:
    """The canonical UTF-8 of a JSON value. Raises NoteError for what has none: fractions, other types, lone surrogates."""
    parts: list[str] = []
    _write(value, parts)
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError as error:
        raise NoteError("a text holds a lone surrogate, which is no UTF-8.") from error


def decode(content: bytes) -> Any:
    """The value of canonical JSON. Raises NoteError when it is not JSON, or in another form than ``encode`` gives."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NoteError("it is no JSON.") from error
    if encode(value) != content:
        raise NoteError("its JSON is not in the canonical form of RFC 8785.")
    return value


def _write(value: Any, parts: list[str]) -> None:
    if value is None or isinstance(value, bool):
        parts.append("null" if value is None else str(value).lower())
    elif isinstance(value, str):
        parts.append(json.dumps(value, ensure_ascii=False))
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise NoteError(f"the number {value} is larger than every reader can keep.")
        parts.append(str(value))
    elif isinstance(value, Mapping):
        _write_object(cast("Mapping[Any, Any]", value), parts)
    elif isinstance(value, list | tuple):
        _write_array(cast("Sequence[Any]", value), parts)
    else:
        raise NoteError(f"{type(value).__name__} has no canonical JSON.")


def _write_object(value: Mapping[Any, Any], parts: list[str]) -> None:
    if not all(isinstance(name, str) for name in value):
        raise NoteError("the names of an object must be texts.")
    parts.append("{")
    # By UTF-16 code units: RFC 8785, section 3.2.3.
    for number, name in enumerate(sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))):
        parts.append("," if number else "")
        _write(name, parts)
        parts.append(":")
        _write(value[name], parts)
    parts.append("}")


def _write_array(value: Sequence[Any], parts: list[str]) -> None:
    parts.append("[")
    for number, each in enumerate(value):
        parts.append("," if number else "")
        _write(each, parts)
    parts.append("]")
