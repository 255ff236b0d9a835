"""How presences and the routing status change. Pure.

On queue is a presence, not a routing status: the presence moves the status, never the other way round. ``MOVES`` is the
whole state machine; what is not in it changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from shiftline.foundation.errors import Invalid, Problem
from shiftline.presence.errors import RoutingStatusMisused
from shiftline.presence.model import (
    PURECLOUD,
    SYSTEM_DEFINITIONS,
    PresenceChange,
    RoutingState,
    RoutingStatus,
    Standing,
    SystemPresence,
)

SOURCES_AT_MOST = 10


class Cause(StrEnum):
    """What moves a routing status."""

    WENT_ON_QUEUE = "went.on.queue"
    LEFT_QUEUE = "left.queue"
    READY_AGAIN = "ready.again"
    OFFER_MISSED = "offer.missed"
    INTERACTION_BEGAN = "interaction.began"
    INTERACTION_ENDED = "interaction.ended"
    OWN_CALL_BEGAN = "own.call.began"
    OWN_CALL_ENDED = "own.call.ended"


_OFF, _IDLE = RoutingState.OFF_QUEUE, RoutingState.IDLE
_BUSY, _MISSED, _TALKING = RoutingState.INTERACTING, RoutingState.NOT_RESPONDING, RoutingState.COMMUNICATING

MOVES: Mapping[tuple[RoutingState, Cause], RoutingState] = {
    (_OFF, Cause.WENT_ON_QUEUE): _IDLE,
    (_IDLE, Cause.LEFT_QUEUE): _OFF,
    (_BUSY, Cause.LEFT_QUEUE): _OFF,
    (_MISSED, Cause.LEFT_QUEUE): _OFF,
    (_TALKING, Cause.LEFT_QUEUE): _OFF,
    (_MISSED, Cause.READY_AGAIN): _IDLE,
    (_IDLE, Cause.OFFER_MISSED): _MISSED,
    (_IDLE, Cause.INTERACTION_BEGAN): _BUSY,
    (_TALKING, Cause.INTERACTION_BEGAN): _BUSY,
    (_BUSY, Cause.INTERACTION_ENDED): _IDLE,
    (_IDLE, Cause.OWN_CALL_BEGAN): _TALKING,
    (_MISSED, Cause.OWN_CALL_BEGAN): _TALKING,
    (_TALKING, Cause.OWN_CALL_ENDED): _IDLE,
}


def move(status: RoutingStatus, cause: Cause, now: datetime) -> RoutingStatus:
    """The status after a cause; the same one when it moves nothing."""
    state = MOVES.get((status.state, cause), status.state)
    return status if state is status.state else replace(status, state=state, started_at=now)


def choose_cause(standing: Standing, wanted: RoutingState) -> Cause | None:
    """What a person's wish for a status comes to; None: it is so already. Raises RoutingStatusMisused.

    Only one wish can be granted: IDLE for who missed an offer. The rest follows from presence, or from interactions.
    """
    current = standing.routing.state
    if wanted is current:
        return None
    if wanted is _IDLE and current is _MISSED:
        return Cause.READY_AGAIN
    raise RoutingStatusMisused(wanted, current, _advice(wanted, standing))


def _advice(wanted: RoutingState, standing: Standing) -> str:
    how = "PATCH /api/v2/users/{userId}/presences/purecloud with the presence definition"
    if wanted is _IDLE and not standing.on_queue:
        return f"going on queue is a presence; {how} {SYSTEM_DEFINITIONS[SystemPresence.ON_QUEUE]} (OnQueue)."
    if wanted is _OFF:
        return f"leaving the queue is a presence; {how} of any presence other than OnQueue."
    return "it follows from interactions and cannot be set."


def change_presence(standing: Standing, source_id: str, change: PresenceChange, now: datetime) -> Standing:
    """What is known of a person after a source says something anew; equal to before when it says nothing new.

    Raises Invalid for OnQueue from a source other than PURECLOUD, and for one source too many.
    """
    current = standing.of(source_id)
    _check_source(standing, source_id, change)
    wanted = replace(
        current,
        definition_id=change.definition.id if change.definition else current.definition_id,
        system_presence=change.definition.system_presence if change.definition else current.system_presence,
        message=current.message if change.message is None else change.message,
        primary=change.primary or current.primary,
    )
    if wanted == current:
        return standing
    others = {
        each.source_id: replace(each, primary=each.primary and not change.primary)
        for each in standing.by_source.values()
    }
    changed = replace(standing, by_source={**others, source_id: replace(wanted, modified_at=now)})
    return replace(changed, routing=_follow(standing, changed, now))


def _check_source(standing: Standing, source_id: str, change: PresenceChange) -> None:
    if source_id == PURECLOUD:
        return
    if change.definition is not None and change.definition.system_presence is SystemPresence.ON_QUEUE:
        raise Invalid(Problem("presenceDefinition.id", f"only the source {PURECLOUD} can put somebody on queue."))
    if source_id not in standing.by_source and len(standing.by_source) >= SOURCES_AT_MOST:
        raise Invalid(Problem("sourceId", f"a user has at most {SOURCES_AT_MOST} presence sources."))


def _follow(before: Standing, after: Standing, now: datetime) -> RoutingStatus:
    if before.on_queue == after.on_queue:
        return before.routing
    return move(before.routing, Cause.WENT_ON_QUEUE if after.on_queue else Cause.LEFT_QUEUE, now)
