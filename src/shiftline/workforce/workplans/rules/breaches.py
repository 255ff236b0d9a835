"""Where a rule of a plan is broken, by how much, and which of that a change brings about. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from shiftline.foundation.decision import Reason
from shiftline.workforce.workplans.model import WorkPlan
from shiftline.workforce.workplans.rules.spelling import count_text
from shiftline.workforce.workplans.rules.worked import WorkedShift


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule is broken. ``at`` names it (weeks, days, shifts), ``by`` says how far (minutes, days)."""

    sentence: str
    shift_ids: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    by: int = 1


def ids_of(shifts: Iterable[WorkedShift]) -> tuple[str, ...]:
    """The ids of shifts."""
    return tuple(shift.id for shift in shifts)


def verdict(code: str, field: str, plan: WorkPlan, breaches: Iterable[Breach]) -> Reason:
    """What a rule says: it holds, or where it is broken the first time, and how often besides."""
    found = list(breaches)
    ids = list(dict.fromkeys(shift_id for breach in found for shift_id in breach.shift_ids))
    facts = {
        "field": field,
        "workPlanId": plan.id,
        "shiftIds": ids,
        "breaches": len(found),
        "each": [
            {"sentence": each.sentence, "shiftIds": each.shift_ids, "at": each.at, "by": each.by} for each in found
        ],
    }
    if not found:
        return Reason(code, holds=True, sentence=f"What the work plan {plan.name} says of this is kept.", facts=facts)
    more = f" ({count_text(len(found) - 1, 'time')} more.)" if len(found) > 1 else ""
    return Reason(code, holds=False, sentence=found[0].sentence + more, facts=facts)


def find_new(plan: WorkPlan, before: Reason, after: Reason) -> Reason:
    """A rule's verdict on a change: what was broken before, and no worse, is not held against it."""
    known = {place: breach.by for breach in _each(before) for place in breach.at}
    new = [each for each in _each(after) if any(each.by > known.get(place, 0) for place in each.at)]
    return verdict(after.code, str(after.facts["field"]), plan, new)


def merge_verdicts(judged: Sequence[tuple[WorkPlan, tuple[Reason, ...]]]) -> tuple[Reason, ...]:
    """The verdicts of several plans, each on its own weeks, as one: of each rule what the plans that it is broken of say.

    All have the same rules in the same order.
    """
    return tuple(
        _merge([(plan, reasons[number]) for plan, reasons in judged])
        for number in range(len(judged[0][1]) if judged else 0)
    )


def _merge(same: Sequence[tuple[WorkPlan, Reason]]) -> Reason:
    broken = [(plan, reason) for plan, reason in same if reason.holds is False]
    if len(broken) < 2:  # noqa: PLR2004 - one needs no merging
        return (broken or list(same))[0][1]
    plan, first = broken[0]
    return verdict(
        first.code, str(first.facts["field"]), plan, [each for _, reason in broken for each in _each(reason)]
    )


def _each(reason: Reason) -> list[Breach]:
    return [
        Breach(str(one["sentence"]), tuple(one["shiftIds"]), tuple(one["at"]), one["by"])
        for one in cast("Sequence[Mapping[str, Any]]", reason.facts["each"])
    ]
