"""By how much the starts of shifts differ. Pure."""

from collections.abc import Sequence

from shiftline.workforce.workplans.model import StartVariance, VarianceType, WorkPlan
from shiftline.workforce.workplans.rules.breaches import Breach, ids_of
from shiftline.workforce.workplans.rules.spelling import length_text
from shiftline.workforce.workplans.rules.worked import Roster, WorkedShift


def find_variances(
    plan: WorkPlan, roster: Roster, shifts: Sequence[WorkedShift], named: tuple[str, str]
) -> list[Breach]:
    """Where the starts of some shifts differ by more than a plan allows, by the wall. ``named``: what they are of, in words
    and in short.
    """
    return [
        breach
        for variance in plan.terms.shift_start_variances
        for breach in _find(plan, roster, shifts, variance, named)
    ]


def _find(
    plan: WorkPlan, roster: Roster, shifts: Sequence[WorkedShift], variance: StartVariance, named: tuple[str, str]
) -> list[Breach]:
    by_length = plan.terms.shift_start_variance_type is VarianceType.SHIFT_START_AND_PAID_DURATION
    groups: dict[int, list[WorkedShift]] = {}
    for shift in shifts:
        if roster.weekday(shift) in variance.applicable_days:
            groups.setdefault(shift.paid_minutes if by_length else 0, []).append(shift)
    found: list[Breach] = []
    for key, alike in groups.items():
        shown = [roster.wall_minutes(shift, shift.span.start) for shift in alike]
        if max(shown) - min(shown) > variance.max_shift_start_variance_minutes:
            sentence = (
                f"The starts of the shifts in {named[0]} differ by {length_text(max(shown) - min(shown))}; the "
                f"work plan {plan.name} allows {length_text(variance.max_shift_start_variance_minutes)}."
            )
            found.append(Breach(sentence, ids_of(alike), (f"{named[1]} {key}",), max(shown) - min(shown)))
    return found
