"""JSON of a package: UTF-8, sorted names, no nulls, one line break at its end. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(order="sorted")


def whole(value: Any) -> bytes:
    """A document, indented for people."""
    return msgspec.json.format(_ENCODER.encode(without_nulls(value)), indent=1) + b"\n"


def line(value: Any) -> bytes:
    """A document as one line."""
    return f"{compact(value)}\n".encode()


def compact(value: Any) -> str:
    """A value without any space."""
    return _ENCODER.encode(without_nulls(value)).decode()


def without_nulls(value: Any) -> Any:
    """A value without what is not known: what is absent is not written."""
    if isinstance(value, Mapping):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [without_nulls(each) for each in value]
    return value


def instant(at: datetime) -> str:
    """An instant in UTC, with milliseconds: 2023-11-05T06:59:59.000Z."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def optional_instant(at: datetime | None) -> str | None:
    """An instant, or None."""
    return None if at is None else instant(at)
