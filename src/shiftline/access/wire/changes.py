"""What became of a verdict, and what happened around a person, on the wire."""

import msgspec

from shiftline.access.model.changes import LANES, Difference, Happened
from shiftline.access.model.connecting import Attempt
from shiftline.access.rules import describing, telling
from shiftline.access.wire.decisions import AccessDecision, Gate


class AccessArrival(msgspec.Struct, kw_only=True):
    """An event at a signalling node: milliseconds from its writing, just before its commit, until its live sessions were told, and how many
    it concerned there. Both null: the node lives, and did not have the event yet a second after it was written.
    """

    node: str
    lag_ms: float | None
    sessions: int | None


class AccessEvent(msgspec.Struct, kw_only=True):
    """Something that happened. ``by`` null: nobody who may be told of. ``arrivals`` null: at which signalling nodes it is is not known
    yet (nodes say it every five seconds), or not any more (it is kept a day), or is not for the caller (``access:decision:view``).
    """

    id: str
    at: str
    event: str
    sentence: str
    by: str | None
    by_name: str | None
    entity_type: str
    entity_id: str
    correlation_id: str
    arrivals: list[AccessArrival] | None


class AccessTurn(msgspec.Struct, kw_only=True):
    """A gate that judges otherwise from an instant on; null: it was not asked."""

    before: Gate | None
    after: Gate | None


class AccessFlip(msgspec.Struct, kw_only=True):
    """From an instant on there is another verdict, or it has other reasons. ``by_itself``: an instant was reached."""

    at: str
    turned: bool
    allowed: bool | None
    by_itself: bool
    sentence: str
    gates: list[AccessTurn]
    events: list[AccessEvent]


class AccessDifference(msgspec.Struct, kw_only=True):
    """A verdict at two instants, what changed it in between, and who did that; the sentence first."""

    sentence: str
    before: AccessDecision
    after: AccessDecision
    changes: list[AccessFlip]


class AccessLane(msgspec.Struct, kw_only=True):
    """What happened in one room, oldest first."""

    lane: str
    events: list[AccessEvent]


class AccessTimeline(msgspec.Struct, kw_only=True):
    """What happened around a person, a lane for each room, and what was decided on their attempts, newest first.

    ``complete`` false: more happened than is told; ask of a shorter span.
    """

    lanes: list[AccessLane]
    attempts: list[AccessDecision]
    complete: bool


def write_difference(difference: Difference) -> AccessDifference:
    """A difference on the wire."""
    return msgspec.convert(describing.describe_difference(difference), AccessDifference)


def write_timeline(happened: list[Happened], attempts: list[Attempt], *, complete: bool) -> AccessTimeline:
    """What happened, by lanes."""
    lanes: dict[str, list[AccessEvent]] = {lane: [] for lane in LANES}
    for each in happened:
        event = msgspec.convert(describing.describe_event(each), AccessEvent)
        lanes[telling.lane_of(each.event)].append(event)
    return AccessTimeline(
        lanes=[AccessLane(lane=lane, events=events) for lane, events in lanes.items()],
        attempts=[msgspec.convert({**each.decision, "purpose": each.purpose}, AccessDecision) for each in attempts],
        complete=complete,
    )
