"""What became of a verdict, as JSON that the API and the command line tell alike. Pure."""

from shiftline.access.model.changes import Arrival, Difference, Flip, Happened, Turn
from shiftline.access.rules import differences, telling
from shiftline.foundation.decision import describe, describe_gate, text_of


def describe_difference(difference: Difference) -> dict[str, object]:
    """The sentence first, then both verdicts, then each change between them."""
    return {
        "sentence": differences.tell(difference),
        "before": describe(difference.before),
        "after": describe(difference.after),
        "changes": [_describe_flip(flip) for flip in difference.flips],
    }


def describe_event(happened: Happened) -> dict[str, object]:
    """Something that happened, with its sentence; ``by`` None: nobody who may be told of."""
    return {
        "id": str(happened.id),
        "at": text_of(happened.at),
        "event": happened.event,
        "sentence": telling.tell(happened),
        "by": happened.by or None,
        "by_name": happened.by_name,
        "entity_type": happened.entity_type,
        "entity_id": happened.entity_id,
        "correlation_id": happened.correlation_id,
        "arrivals": None if happened.arrivals is None else [_describe_arrival(each) for each in happened.arrivals],
    }


def _describe_arrival(arrival: Arrival) -> dict[str, object]:
    lag_ms = None if arrival.seconds is None else round(arrival.seconds * 1e3, 1)
    return {"node": arrival.node, "lag_ms": lag_ms, "sessions": arrival.sessions}


def _describe_flip(flip: Flip) -> dict[str, object]:
    return {
        "at": text_of(flip.at),
        "turned": flip.turned,
        "allowed": flip.after.allowed,
        "by_itself": flip.by_itself,
        "sentence": differences.tell_flip(flip),
        "gates": [_describe_turn(turn) for turn in flip.turns],
        "events": [describe_event(each) for each in flip.happened],
    }


def _describe_turn(turn: Turn) -> dict[str, object]:
    return {
        "before": None if turn.before is None else describe_gate(turn.before),
        "after": None if turn.after is None else describe_gate(turn.after),
    }
