"""What is asserted of access, on the wire."""

from datetime import datetime, time
from typing import Annotated

import msgspec
from msgspec import Meta

from shiftline.access.model.assertions import Assertion, AssertionDraft, Breach
from shiftline.access.model.connecting import Tried
from shiftline.access.wire.simulations import Id
from shiftline.foundation.decision import text_of
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import to_instant

Weekday = Annotated[int, Meta(ge=1, le=7)]
WallTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["06:00"])]
YEARS = range(1990, 2201)


class AssertionBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who may (``allowed``) or may not do something at one instant (``at``), or each week on some days (1: Monday) when the clock
    on the wall of ``time_zone`` shows ``wall_time``. ``blocks``: a change that breaks it is refused.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
    user_ids: Annotated[list[Id], Meta(min_length=1, max_length=500)]
    action: Tried = "connect"
    allowed: bool = True
    blocks: bool = True
    at: Annotated[datetime, Meta(tz=True)] | None = None
    weekdays: Annotated[list[Weekday], Meta(max_length=7)] | None = None
    wall_time: WallTime | None = None
    time_zone: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] | None = None


class AccessBreach(msgspec.Struct, kw_only=True):
    """Of whom, and when first, an assertion does not hold, and why."""

    user_id: str
    at: str
    sentence: str


class AccessAssertion(msgspec.Struct, kw_only=True):
    """An assertion, and where it does not hold as all stands now."""

    id: str
    name: str
    user_ids: list[str]
    action: str
    allowed: bool
    blocks: bool
    at: str | None
    weekdays: list[int] | None
    wall_time: str | None
    time_zone: str | None
    version: int
    holds: bool
    breaches: list[AccessBreach]


class AccessAssertions(msgspec.Struct, kw_only=True):
    """What is asserted of access, by name."""

    entities: list[AccessAssertion]


def read_draft(body: AssertionBody) -> AssertionDraft:
    """What is to be asserted. Raises Invalid."""
    if body.at is not None and body.at.year not in YEARS:
        raise Invalid(Problem("at", "the year must be from 1990 to 2200.", "invalid.date"))
    return AssertionDraft(
        name=body.name.strip(),
        action=body.action,
        person_ids=tuple(dict.fromkeys(body.user_ids)),
        expected=body.allowed,
        blocks=body.blocks,
        at=None if body.at is None else to_instant(body.at, "at"),
        weekdays=None if body.weekdays is None else tuple(sorted(set(body.weekdays))),
        wall_time=None if body.wall_time is None else time.fromisoformat(body.wall_time),
        zone=body.time_zone,
    )


def write_assertion(assertion: Assertion, breaches: list[Breach]) -> AccessAssertion:
    """An assertion on the wire."""
    own = [each for each in breaches if each.assertion.id == assertion.id]
    return AccessAssertion(
        id=assertion.id,
        name=assertion.name,
        user_ids=list(assertion.person_ids),
        action=assertion.action,
        allowed=assertion.expected,
        blocks=assertion.blocks,
        at=None if assertion.at is None else text_of(assertion.at),
        weekdays=None if assertion.weekdays is None else list(assertion.weekdays),
        wall_time=None if assertion.wall_time is None else assertion.wall_time.isoformat("minutes"),
        time_zone=assertion.zone,
        version=assertion.version,
        holds=not own,
        breaches=[AccessBreach(user_id=each.person_id, at=text_of(each.at), sentence=each.sentence) for each in own],
    )
