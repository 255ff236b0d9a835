"""What lifts a refusal: the one call that does it, and what the verdict would be then, by the function that refused. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from shiftline.access.model.remedies import Facts, Giver
from shiftline.access.rules.lifts import connecting, receiving, recording
from shiftline.access.rules.lifts.lift import Lift
from shiftline.access.rules.shifts import OUTSIDE
from shiftline.foundation.decision import Decision, Preview, Reason, Remedy

Judge: TypeAlias = Callable[[Facts], Decision]


def with_remedies(decision: Decision, facts: Facts, judge: Judge, giver: Giver | None, *, past: bool) -> Decision:
    """The decision with each remedy's call and preview. ``giver``: the role that would give the softphone.

    ``past``: the instant is over. Nothing can be done for it any more, so there are previews only.
    """

    def complete(remedy: Remedy, gate: Reason) -> Remedy:
        lift = _find_lift(remedy, gate, facts, giver)
        preview = None if lift.after is None else _preview(judge(lift.after), past=past)
        if past:
            return replace(remedy, preview=preview)
        if lift.role is not None:
            remedy = replace(
                remedy,
                what=f"grant the role {lift.role} in the user's division",
                sentence=f"An administrator can grant the role {lift.role}; it holds at once, with the same token.",
            )
        return replace(remedy, operation=lift.operation, preview=preview)

    gates = tuple(
        replace(gate, remedies=tuple(complete(each, gate) for each in gate.remedies)) if gate.holds is False else gate
        for gate in decision.gates
    )
    return replace(decision, gates=gates)


def _preview(then: Decision, *, past: bool) -> Preview:
    still = tuple((gate.code, gate.unnamed or gate.sentence) for gate in then.blockers)
    told = " ".join(sentence for _, sentence in still)
    unknown = " ".join(gate.unnamed or gate.sentence for gate in then.unknown)
    if past:
        said = f"This would still have stood against it: {told}" if still else "Nothing would have stood against it."
        return Preview(then.allowed, f"It would not be known: {unknown}" if unknown and not still else said, still)
    if still:
        return Preview(then.allowed, f"{then.who} still may not {then.what}: {told}", still)
    if unknown:
        return Preview(then.allowed, f"Whether {then.who} may {then.what} is not known: {unknown}")
    return Preview(then.allowed, f"{then.who} may {then.what}.")


def _find_lift(remedy: Remedy, gate: Reason, facts: Facts, giver: Giver | None) -> Lift:
    if gate.code == "permission.missing":
        return Lift() if giver is None else connecting.grant(facts, giver)
    if gate.code in OUTSIDE:
        off = remedy.what.startswith("switch the shift rule off")
        return connecting.switch_rule_off(facts) if off else connecting.let_in(facts)
    if gate.code in connecting.LIFTS:
        return connecting.LIFTS[gate.code](facts)
    if facts.reception is not None:
        return receiving.lift(gate, facts.snapshot, facts.reception)
    return recording.lift(remedy, gate, facts)
