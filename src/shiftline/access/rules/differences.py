"""What became of a verdict from one instant to the next: which gates judge otherwise, and the event that did it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from shiftline.access.model.changes import Difference, Flip, Happened, Turn
from shiftline.access.rules.words import when
from shiftline.foundation.decision import Decision, Reason

WRITTEN_WITHIN = timedelta(seconds=60)
"""A change's event is written in its own transaction, which lasts no longer."""

_ROOMS = {
    "token": ("identity.token", "identity.sign_in"),
    "organization": ("identity.organization",),
    "person": ("identity.person",),
    "tenant": ("identity.tenant_settings",),
    "permission": ("authorization.", "identity.person"),
    "shift": ("identity.tenant_settings", "workforce.schedule", "publishing.", "workforce.timeoff", "access."),
    "session": ("presence.session",),
    "station": ("stations.",),
    "presence": ("presence.presence", "presence.session"),
    "status": ("presence.routing_status", "presence.presence", "routing.offer"),
    "queue": ("routing.member", "routing.queue"),
    "ring": ("routing.member", "routing.queue"),
    "skills": ("routing.person_skill",),
    "capacity": ("routing.", "conversations.", "calls."),
    "alert": ("routing.offer",),
    "policy": ("recordings.",),
    "storage": (),
}
"""Which events may turn a gate, by what it asks after: the beginnings of their names."""

_ASKED = {
    "no.session": "session",
    "no.station": "station",
    "presence.not_on_queue": "presence",
    "not.on.queue": "presence",
    "not.joined": "queue",
    "not.member": "queue",
    "ring.not.reached": "ring",
    "skill.missing": "skills",
    "capacity.reached": "capacity",
    "busy.with.offer": "alert",
}
"""What routing's own codes ask after; of all others their first part says it."""


def compare(decisions: Sequence[Decision], changes: Collection[datetime]) -> Difference:
    """From the first of some verdicts in order to the last. ``changes``: the instants at which somebody changed a fact."""
    flips = [
        Flip(before, after, turns, by_itself=after.evaluated_at not in changes)
        for before, after in pairwise(decisions)
        if (turns := tuple(find_turns(before, after)))
    ]
    return Difference(decisions[0], decisions[-1], tuple(flips))


def find_turns(before: Decision, after: Decision) -> list[Turn]:
    """The gates that judge otherwise. A gate is known by what it asks after: the first part of its code."""
    former = {_asks(gate): gate for gate in before.gates}
    later = {_asks(gate): gate for gate in after.gates}
    # Of an instant to come no token is asked for: that its gate is not there is no turn.
    asked_of = [asked for asked in {**former, **later} if asked != "token" or (asked in former and asked in later)]
    pairs = [(former.get(asked), later.get(asked)) for asked in asked_of]
    return [Turn(was, becomes) for was, becomes in pairs if _code(was) != _code(becomes)]


def explain(difference: Difference, happened: Sequence[Happened]) -> Difference:
    """The same with the events that made each flip, the first of each kind that was written for it."""
    flips = tuple(
        flip if flip.by_itself else replace(flip, happened=_find_events(flip, happened)) for flip in difference.flips
    )
    return replace(difference, flips=flips)


def _find_events(flip: Flip, happened: Sequence[Happened]) -> tuple[Happened, ...]:
    gates = [gate for turn in flip.turns for gate in (turn.before, turn.after) if gate is not None]
    wanted = tuple(name for gate in gates for name in _ROOMS.get(_asks(gate), ()))
    near = [each for each in happened if flip.at <= each.at < flip.at + WRITTEN_WITHIN]
    fitting = [each for each in near if each.event.startswith(wanted)] if wanted else near
    if not fitting:
        return ()
    # One transaction changes something and tells of it with one correlation; what came later did not do it.
    first = min(fitting, key=lambda each: (each.at, each.id))
    return tuple(each for each in fitting if each.correlation_id == first.correlation_id)


def tell(difference: Difference) -> str:
    """The difference in a sentence or two: the verdicts, and what turned the last of them."""
    before, after = difference.before, difference.after
    start, end = when(before.evaluated_at), when(after.evaluated_at)
    turned = [flip for flip in difference.flips if flip.turned]
    if not difference.flips:
        return f"Nothing that decides changed between {start} and {end}: {after.sentence}"
    if not turned:
        return f"{_verdict(before)} at {start} and at {end}, for other reasons: {after.sentence}"
    last = turned[-1]
    at_both = f"{_verdict(before)} at {start}, {_verdict(after).lower()} at {end}"
    if before.allowed is after.allowed:
        spans = (
            f"; in between it was {_verdict(turned[0].after).lower()} from {when(turned[0].at)} until {when(last.at)}"
        )
        return f"{at_both}{spans}. {tell_flip(turned[0])} {tell_flip(last)}"
    return f"{at_both}. {tell_flip(last)}"


def tell_flip(flip: Flip) -> str:
    """What happened at a flip, when and by whom, in a sentence."""
    gates = [turn.before if turn.after is None else turn.after for turn in flip.turns]
    told = next((gate for gate in gates if gate is not None and gate.holds is False), next(iter(gates), None))
    sentence = told.sentence if told is not None else flip.after.sentence
    if flip.by_itself:
        return f"That came by itself at {when(flip.at)}, nobody changed anything: {sentence}"
    names = [each.by_name or each.by for each in flip.happened]
    by = f", by {names[0]}" if names else ""
    return f"It changed on {when(flip.at)}{by}: {sentence}"


def _verdict(decision: Decision) -> str:
    return {True: "Allowed", False: "Refused", None: "Not to be known"}[decision.allowed]


def _code(gate: Reason | None) -> str | None:
    return None if gate is None else gate.code


def _asks(gate: Reason) -> str:
    return _ASKED.get(gate.code) or gate.code.partition(".")[0]
