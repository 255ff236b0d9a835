"""What is asserted of access, whatever anybody changes: "Ana can connect at 06:00 on Mondays"."""

from dataclasses import dataclass
from datetime import datetime, time

from shiftline.access.model.connecting import Tried


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionDraft:
    """Who may (``expected``) or may not do something, at one instant (``at``), or each week on some days (1: Monday) when a clock
    on the wall of ``zone`` shows ``wall_time``. ``blocks``: a change that breaks it is refused; else it is told of only.
    """

    name: str
    action: Tried
    person_ids: tuple[str, ...]
    expected: bool
    blocks: bool
    at: datetime | None = None
    weekdays: tuple[int, ...] | None = None
    wall_time: time | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion(AssertionDraft):
    """An assertion that is kept."""

    id: str
    version: int
    since: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Breach:
    """An assertion that does not hold: of whom, when, and why."""

    assertion: Assertion
    person_id: str
    at: datetime
    sentence: str
