"""Lists as the vendor pages them: ``pageSize``, ``pageNumber`` in; totals and uris out.

Operations use this module, so it loads no web framework: programs without an API start in a fraction of the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from shiftline.foundation.web.wire import Wire

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted."""

    size: int = 25
    number: int = 1

    @property
    def offset(self) -> int:
        """How many entities come before it."""
        return self.size * (self.number - 1)


class Listing(Wire, Generic[T]):
    """The vendor's page of entities."""

    entities: Sequence[T]
    page_size: int
    page_number: int
    total: int
    page_count: int
    self_uri: str
    first_uri: str
    last_uri: str
    next_uri: str | None = None
    previous_uri: str | None = None


def listing(entities: Sequence[T], total: int, page: Page, path: str) -> Listing[T]:
    """One page of ``total`` entities, with the uris of its neighbours."""
    count = max(1, -(-total // page.size))

    def uri(number: int) -> str:
        return f"{path}?{urlencode({'pageSize': page.size, 'pageNumber': number})}"

    return Listing(
        entities=entities,
        page_size=page.size,
        page_number=page.number,
        total=total,
        page_count=count,
        self_uri=uri(page.number),
        first_uri=uri(1),
        last_uri=uri(count),
        next_uri=uri(page.number + 1) if page.number < count else None,
        previous_uri=uri(page.number - 1) if page.number > 1 else None,
    )


def commas(value: str | None) -> list[str] | None:
    """A list parameter as the vendor's SDK sends it: values joined by commas."""
    return None if value is None else [part for part in value.split(",") if part]
