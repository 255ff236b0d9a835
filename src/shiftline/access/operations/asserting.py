"""Assertions of access: kept, looked at, and guarded in the transaction of every change that could break one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shiftline.access import store
from shiftline.access.errors import AssertionBroken, AssertionNotFound, RuleNotSimulated
from shiftline.access.events import AssertionChanged, AssertionViolated
from shiftline.access.model.assertions import Assertion, AssertionDraft, Breach
from shiftline.access.model.simulations import World
from shiftline.access.operations.deciding import VIEW
from shiftline.access.rules.assertions import AHEAD, find_breaches, find_problems, list_moments
from shiftline.access.rules.simulations import rule_of
from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.events import Event, kind_of
from shiftline.foundation.ids import new_id
from shiftline.identity.events import TenantSettingsChanged
from shiftline.identity.operations.people import find_people

EDIT = "access:assertion:edit"
AT_MOST = 200
_SOON = timedelta(minutes=1)
_OF_THE_RULE = frozenset(
    ("softphone_within_shift", "shift_margin_minutes", "shift_grace_before_minutes", "shift_grace_after_minutes")
)


async def list_assertions(context: Context) -> tuple[list[Assertion], list[Breach]]:
    """What is asserted, and which of it does not hold as all stands now. Needs ``access:decision:view``."""
    require(context, VIEW)
    async with context.reader() as reader:
        assertions = await store.list_assertions(reader, context.organization_id, limit=AT_MOST)
        return assertions, await _find_breaches(reader, context.organization_id, assertions, context.now())


async def put_assertion(
    context: Context, assertion_id: str | None, draft: AssertionDraft
) -> tuple[Assertion, list[Breach]]:
    """Assert something, or change what is asserted under an id; with what does not hold of it now.

    Needs ``access:assertion:edit``. Raises Invalid naming the field, AssertionNotFound.
    """
    require(context, EDIT)
    problems = find_problems(draft)
    async with context.transaction() as tx:
        known = await find_people(tx, context.organization_id, draft.person_ids)
        problems += [
            Problem(f"user_ids[{i}]", f"there is no user with id {each}.", "not.found")
            for i, each in enumerate(draft.person_ids)
            if each not in known
        ]
        if problems:
            raise Invalid(*problems)
        if assertion_id is not None and await store.find_assertion(tx, context.organization_id, assertion_id) is None:
            raise AssertionNotFound(assertion_id)
        kept = await store.list_assertions(tx, context.organization_id, limit=AT_MOST)
        if assertion_id is None and len(kept) >= AT_MOST:
            raise Invalid(Problem("name", f"there are {AT_MOST} assertions already: delete one first.", "limit"))
        assertion = await store.put_assertion(tx, assertion_id or new_id(), draft)
        tx.record(_changed(tx, assertion, active=True))
        return assertion, await _find_breaches(tx, context.organization_id, [assertion], context.now())


async def delete_assertion(context: Context, assertion_id: str) -> None:
    """Assert something no more. Needs ``access:assertion:edit``. Raises AssertionNotFound."""
    require(context, EDIT)
    async with context.transaction() as tx:
        assertion = await store.find_assertion(tx, context.organization_id, assertion_id)
        if assertion is None:
            raise AssertionNotFound(assertion_id)
        await store.delete_assertion(tx, assertion_id)
        tx.record(_changed(tx, assertion, active=False))


async def guard(tx: Transaction, happened: Sequence[Event]) -> None:
    """Before a transaction commits: what it changed must break no assertion that blocks, and a shift rule that it switched must have
    been simulated. What only tells is told of by an event. Raises AssertionBroken, RuleNotSimulated.
    """
    for organization_id in {each.organization_id for each in happened if _may_turn_access(each)}:
        await _check_rule(tx, organization_id, happened)
        await _check_assertions(tx, organization_id)


def _may_turn_access(event: Event) -> bool:
    kind = kind_of(event)
    return kind.affects_access or kind.name.startswith("workforce.schedule.")


async def _check_rule(tx: Transaction, organization_id: str, happened: Sequence[Event]) -> None:
    switched = [
        each
        for each in happened
        if isinstance(each, TenantSettingsChanged) and each.organization_id == organization_id and _narrows(each)
    ]
    if not switched or tx.context.actor.kind == "system":  # the operator's own programs, and what is only tried
        return
    setting, _ = await store.read_histories(tx, organization_id, [], tx.context.now(), tx.context.now() + _SOON)
    rule = rule_of(World(setting, {}))
    if rule is None or not await store.was_simulated(tx, organization_id, rule):
        raise RuleNotSimulated


def _narrows(changed: TenantSettingsChanged) -> bool:
    """Whether the rule is on, and was switched or changed by this."""
    return changed.softphone_within_shift and not _OF_THE_RULE.isdisjoint(changed.turned)


async def _check_assertions(tx: Transaction, organization_id: str) -> None:
    assertions = await store.list_assertions(tx, organization_id, limit=AT_MOST)
    if not assertions:
        return
    now = tx.context.now()
    broken = await _find_breaches(tx, organization_id, assertions, now)
    if not broken:
        return
    # What was broken before is not this change's doing: another connection sees what stands without it.
    async with tx.context.reader() as reader:
        before = await _find_breaches(reader, organization_id, assertions, now)
    known = {(each.assertion.id, each.person_id) for each in before}
    new = [each for each in broken if (each.assertion.id, each.person_id) not in known]
    blocking = [each.sentence for each in new if each.assertion.blocks]
    if blocking:
        raise AssertionBroken(blocking)
    for each in new:
        tx.record(
            AssertionViolated(
                organization_id=organization_id,
                assertion_id=each.assertion.id,
                person_id=each.person_id,
                at=each.at,
                sentence=each.sentence,
            )
        )


async def _find_breaches(
    reader: Reader, organization_id: str, assertions: Sequence[Assertion], now: datetime
) -> list[Breach]:
    people = sorted({person_id for each in assertions for person_id in each.person_ids})
    moments = [moment for each in assertions for moment in list_moments(each, now)]
    if not moments:
        return []
    until = max(*moments, now + AHEAD)
    setting, histories = await store.read_histories(reader, organization_id, people, now, until)
    return find_breaches(assertions, setting, {each.person_id: each for each in histories}, now)


def _changed(tx: Transaction, assertion: Assertion, *, active: bool) -> AssertionChanged:
    return AssertionChanged(
        organization_id=tx.context.organization_id,
        assertion_id=assertion.id,
        name=assertion.name,
        active=active,
        version=assertion.version,
    )
