"""Which plan decides a request, and which plans there may be. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from shiftline.foundation.errors import Invalid, Problem
from shiftline.workforce.timeoff.model import Plan, PlanDraft
from shiftline.workforce.timeoff.rules.codes import time_off_codes
from shiftline.workforce.units.model import ActivityCategory, ActivityCode
from shiftline.workforce.units.rules import check_name


def choose_plan(plans: Iterable[Plan], activity_code_id: str, management_unit_id: str) -> Plan | None:
    """The plan that decides requests of a code in a management unit; there is one at most."""
    for plan in plans:
        if (
            plan.enabled
            and activity_code_id in plan.activity_code_ids
            and management_unit_id in plan.management_unit_ids
        ):
            return plan
    return None


def list_counted_codes(plans: Iterable[Plan], management_unit_id: str) -> list[str]:
    """The activity codes whose time off counts against a management unit's limit."""
    counting = (
        p for p in plans if p.enabled and p.counts_against_limits and management_unit_id in p.management_unit_ids
    )
    return sorted({code_id for plan in counting for code_id in plan.activity_code_ids})


def apply_draft(plan: Plan, draft: PlanDraft) -> Plan:
    """The plan as the draft wants it. Raises Invalid for a name of blanks."""
    return replace(
        plan,
        name=plan.name if draft.name is None else check_name(draft.name),
        activity_code_ids=_kept(plan.activity_code_ids, draft.activity_code_ids),
        management_unit_ids=_kept(plan.management_unit_ids, draft.management_unit_ids),
        owner_id=draft.owner_id or plan.owner_id,
        approval_rule=draft.approval_rule or plan.approval_rule,
        days_before_start=plan.days_before_start if draft.days_before_start is None else draft.days_before_start,
        restricted_code_ids=_kept(plan.restricted_code_ids, draft.restricted_code_ids),
        overrides=plan.overrides if draft.overrides is None else draft.overrides,
        enabled=plan.enabled if draft.enabled is None else draft.enabled,
        counts_against_limits=(
            plan.counts_against_limits if draft.counts_against_limits is None else draft.counts_against_limits
        ),
        hris_type=plan.hris_type if draft.hris_types is None else next(iter(draft.hris_types), None),
    )


def _kept(current: tuple[str, ...], wanted: Sequence[str] | None) -> tuple[str, ...]:
    return current if wanted is None else tuple(dict.fromkeys(wanted))


def check_plan(plan: Plan, codes: Mapping[str, ActivityCode], units: Collection[str], others: Iterable[Plan]) -> None:
    """Whether a plan can be. Raises Invalid, naming each wrong field.

    ``units`` are the business unit's management units, ``others`` its other plans.
    """
    problems = [
        *_check_codes(plan, codes),
        *_check_units(plan, units),
        *_check_limits(plan),
        *_check_others(plan, others),
    ]
    if problems:
        raise Invalid(*problems)


def _check_codes(plan: Plan, codes: Mapping[str, ActivityCode]) -> list[Problem]:
    time_off = {code.id for code in time_off_codes(codes.values())}
    problems = [
        Problem(
            f"activityCodeIds[{index}]", f"{code_id!r} is no time-off activity code in use.", "timeoff.code.unknown"
        )
        for index, code_id in enumerate(plan.activity_code_ids)
        if code_id not in time_off
    ]
    for index, code_id in enumerate(plan.restricted_code_ids):
        code = codes.get(code_id)
        if code is None or not code.active:
            sentence = f"{code_id!r} is no activity code in use."
        elif code.category is ActivityCategory.TIME_OFF:
            sentence = f"{code.name} is itself time off; only other activities can be restricted."
        else:
            continue
        problems.append(Problem(f"restrictedActivityCodeIds[{index}]", sentence, "timeoff.code.restricted"))
    if not plan.activity_code_ids:
        problems.append(Problem("activityCodeIds", "name at least one time-off activity code.", "timeoff.code.none"))
    return problems


def _check_units(plan: Plan, units: Collection[str]) -> list[Problem]:
    field = (
        "managementUnitAssociation.managementUnitId" if plan.owner_id else "businessUnitAssociation.managementUnitIds"
    )
    if not plan.management_unit_ids:
        return [Problem(field, "name at least one management unit to which the plan applies.", "timeoff.plan.units")]
    return [
        Problem(field, f"{unit_id} is no management unit of the business unit.", "timeoff.plan.units")
        for unit_id in plan.management_unit_ids
        if unit_id not in units
    ]


def _check_limits(plan: Plan) -> list[Problem]:
    if plan.approval_rule.checks_limits and not plan.counts_against_limits:
        sentence = f"must be true: {plan.approval_rule} looks at limits, and this plan would not count against them."
        return [Problem("countAgainstTimeOffLimits", sentence, "timeoff.plan.not.counted")]
    return []


def _check_others(plan: Plan, others: Iterable[Plan]) -> list[Problem]:
    """Two plans that would both decide the same request."""
    if not plan.enabled:
        return []
    return [
        Problem(
            "activityCodeIds",
            f"{', '.join(sorted(shared))} is decided by the plan {other.name} already in management unit "
            f"{min(both)}; disable that one or leave the code out.",
            "timeoff.plan.twice",
        )
        for other in others
        if other.enabled
        and other.id != plan.id
        and (shared := set(plan.activity_code_ids) & set(other.activity_code_ids))
        and (both := set(plan.management_unit_ids) & set(other.management_unit_ids))
    ]
