"""Repairs on the wire: ours, in plain snake_case as decisions are."""

import msgspec

from shiftline.access.repairs.model import Mended
from shiftline.foundation.decision import text_of


class AccessRepair(msgspec.Struct, kw_only=True):
    """What was mended, the sentence first. ``since`` null: that cannot be told."""

    sentence: str
    fault: str
    wrong: str
    done: str
    since: str | None
    at: str
    user_id: str | None
    user_name: str | None
    entity_type: str
    entity_id: str
    event: str


class AccessRepairs(msgspec.Struct, kw_only=True):
    """What was mended in a span, newest first."""

    entities: list[AccessRepair]


def to_wire(mended: Mended) -> AccessRepair:
    """A repair as it is sent."""
    return AccessRepair(
        sentence=f"{mended.wrong} {mended.done}",
        fault=mended.fault,
        wrong=mended.wrong,
        done=mended.done,
        since=None if mended.since is None else text_of(mended.since),
        at=text_of(mended.at),
        user_id=mended.person_id,
        user_name=mended.person,
        entity_type=mended.entity_type,
        entity_id=mended.entity_id,
        event=mended.event,
    )
