"""Query parameters that several lists share."""

from typing import Annotated, TypeAlias

from litestar.params import Parameter

from shiftline.foundation.web.paging import commas

NameFilter: TypeAlias = Annotated[str | None, Parameter(query="name", max_length=256)]
IdsFilter: TypeAlias = Annotated[str | None, Parameter(query="id", max_length=20_000)]
DivisionsFilter: TypeAlias = Annotated[str | None, Parameter(query="divisionId", max_length=5000)]
JoinedFilter: TypeAlias = Annotated[bool | None, Parameter(query="joined")]


def read_ids(value: str | None) -> tuple[str, ...] | None:
    """Identifiers joined by commas."""
    parts = commas(value)
    return None if parts is None else tuple(parts)
