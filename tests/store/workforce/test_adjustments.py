"""Adjustments on a real PostgreSQL: submitted, changed, decided, kept apart; history counts what is approved."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_adherence import SIX, publish

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, NotFound
from shiftline.foundation.time import Interval
from shiftline.presence.model import PURECLOUD, PresenceRequest, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization
from shiftline.presence.operations.presences import change_presence
from shiftline.workforce.adherence.model import ExplanationDraft, ExplanationStatus, HistoryQuery
from shiftline.workforce.adherence.operations.explaining import enter_explanation
from shiftline.workforce.adherence.operations.history import measure_history
from shiftline.workforce.adjustments.errors import AdjustmentClosed, AdjustmentNotFound, AdjustmentOverlaps
from shiftline.workforce.adjustments.events import AdjustmentChanged
from shiftline.workforce.adjustments.model import Adjustment, Change, CodeDraft, CodeState, Found, Status, Wanted
from shiftline.workforce.adjustments.operations import adjusting, codes
from shiftline.workforce.units.errors import NameTaken, StaleVersion, VersionMissing

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
SPAN = Interval(SIX - DAY, SIX + DAY)


@pytest.fixture
async def noon(centre: Centre, context: Any) -> Centre:
    """Ada came an hour late to a shift of eight hours at six; it is over, and agents may adjust."""
    async with centre.boss.transaction() as tx:
        await prepare_organization(tx, "org-1")
    context.clock.set(SIX - HOUR)
    await publish(centre, SIX, 8)
    context.clock.set(SIX + HOUR)
    on_queue = PresenceRequest(system_presence=SystemPresence.ON_QUEUE)
    await change_presence(centre.boss, person_id(centre.ada), PURECLOUD, on_queue)
    context.clock.set(SIX + 8 * HOUR)
    for name in ("ada", "bob", "cleo"):
        who: Context = getattr(centre, name)
        grants = {**who.actor.grants, "wfm:agentAdherenceAdjustment:submit": frozenset({"*"})}
        setattr(centre, name, who.acting_as(replace(who.actor, grants=grants)))
    return centre


async def reason(centre: Centre, name: str = "Late train") -> str:
    (code,) = await codes.create_reason_codes(centre.boss, centre.unit.id, [CodeDraft(name=name)])
    return code.id


def late(code_id: str, minutes: int = 60, **more: Any) -> Change:
    return replace(Change(reason_code_id=code_id, start=SIX, length_minutes=minutes), **more)


async def submitted(centre: Centre, change: Change, who: Context | None = None) -> Adjustment:
    return the(await adjusting.submit_adjustment(who or centre.ada, change))


def the(found: Found) -> Adjustment:
    (one,) = found.adjustments
    return one


async def adherence(centre: Centre) -> float | None:
    query = HistoryQuery(centre.chicago.id, SIX, SIX + 8 * HOUR)
    measured = await measure_history(centre.boss, query)
    return next(each.total.adherence_percent for each in measured.agents if each.person_id == person_id(centre.ada))


async def test_history_counts_an_approved_adjustment_and_no_other(noon: Centre) -> None:
    code, ada = await reason(noon), person_id(noon.ada)
    assert await adherence(noon) == 87.5
    made = await submitted(noon, late(code, submitter_notes="Snow"))
    assert (made.status, made.management_unit_id, made.submitter_notes) == (Status.PENDING, noon.chicago.id, "Snow")
    assert await adherence(noon) == 87.5
    approve = Change(status=Status.APPROVED, version=1, reviewer_notes="Seen")
    approved = the(await adjusting.review_adjustment(noon.boss, ada, made.id, approve))
    assert (approved.reviewed_by, approved.stamp.version) == (noon.boss.actor.id, 2)
    assert await adherence(noon) == 100
    # The same minutes explained besides count once.
    explained = ExplanationDraft("Late", SIX, 30, status=ExplanationStatus.APPROVED)
    await enter_explanation(noon.boss, ada, explained)
    assert await adherence(noon) == 100
    half = Change(length_minutes=45, version=2)
    await adjusting.review_adjustment(noon.boss, ada, made.id, half)
    assert await adherence(noon) == 96.88
    await adjusting.review_adjustment(noon.boss, ada, made.id, Change(status=Status.DENIED, version=3))
    assert await adherence(noon) == 93.75
    happened = await noon.tenant.news(AdjustmentChanged)
    assert [each.adjustment.status.value for each in happened] == ["Pending", "Approved", "Approved", "Denied"]


async def test_no_access_decision_changes(noon: Centre) -> None:
    ada = person_id(noon.ada)

    async def foreseen() -> list[list[tuple[str, bool | None]]]:
        async with noon.boss.reader() as reader:
            decisions = [await foresee_access_in(reader, noon.boss, ada, SIX + hours * HOUR) for hours in (0, 4, 8, 9)]
        return [[(gate.code, gate.holds) for gate in decision.gates] for decision in decisions]

    before = await foreseen()
    made = await submitted(noon, late(await reason(noon)))
    await adjusting.review_adjustment(noon.boss, ada, made.id, Change(status=Status.APPROVED, version=1))
    assert await foreseen() == before


async def test_an_agent_changes_their_own_while_it_waits(noon: Centre, context: Any) -> None:
    code, other = await reason(noon), await reason(noon, "Computer")
    made = await submitted(noon, late(code))
    assert await submitted(noon, late(code)) == made
    with pytest.raises(AdjustmentOverlaps):
        await submitted(noon, late(code, 30))
    change = Change(reason_code_id=other, length_minutes=30, version=1)
    changed = the(await adjusting.change_own_adjustment(noon.ada, made.id, change))
    assert (changed.reason_code_id, changed.length_minutes, changed.stamp.version) == (other, 30, 2)
    with pytest.raises(StaleVersion):
        await adjusting.change_own_adjustment(noon.ada, made.id, change)
    with pytest.raises(VersionMissing):
        await adjusting.change_own_adjustment(noon.ada, made.id, replace(change, version=None))
    await adjusting.delete_own_adjustment(noon.ada, made.id)
    with pytest.raises(AdjustmentNotFound):
        await adjusting.get_own_adjustment(noon.ada, made.id)
    again = await submitted(noon, late(code))
    await adjusting.review_adjustment(noon.boss, person_id(noon.ada), again.id, Change(status=Status.DENIED, version=1))
    with pytest.raises(AdjustmentClosed):
        await adjusting.delete_own_adjustment(noon.ada, again.id)
    third = await submitted(noon, late(code, 20))  # what was denied holds no minute
    context.clock.set(SIX + 20 * DAY)
    found = await adjusting.get_own_adjustment(noon.ada, third.id)
    assert found.now - timedelta(days=found.days) > third.start
    with pytest.raises(AdjustmentClosed):
        await adjusting.change_own_adjustment(noon.ada, third.id, Change(length_minutes=5, version=1))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"start": SIX + 8 * HOUR}, "startDate"),
        ({"start": SIX - 30 * DAY}, "startDate"),
        ({"reason_code_id": "nowhere"}, "reasonCodeId"),
        ({"length_minutes": 1441, "start": SIX - 3 * DAY}, "lengthMinutes"),
    ],
)
async def test_bad_input_names_its_field(noon: Centre, more: dict[str, Any], field: str) -> None:
    code = await reason(noon)
    with pytest.raises(Invalid) as refused:
        await submitted(noon, late(code, **more))
    assert [each.field for each in refused.value.problems] == [field]


async def test_several_are_decided_as_one(noon: Centre) -> None:
    code = await reason(noon)
    one = await submitted(noon, late(code, 20))
    two = await submitted(noon, late(code, 10, start=SIX + HOUR))
    theirs = await submitted(noon, late(code), noon.bob)
    decided = [Change(id=each.id, status=Status.APPROVED, version=1, field="x.") for each in (two, theirs, one)]
    for wrong, error in (
        (replace(decided[0], version=7), StaleVersion),
        (replace(decided[0], id="nowhere"), AdjustmentNotFound),
        (decided[1], Invalid),
    ):
        with pytest.raises(error):
            await adjusting.review_adjustments(noon.boss, noon.unit.id, [decided[1], wrong])
    found = await adjusting.review_adjustments(noon.boss, noon.unit.id, decided)
    assert [each.id for each in found.adjustments] == [two.id, theirs.id, one.id]
    page = await adjusting.list_adjustments_in(noon.boss, noon.unit.id, Wanted(SPAN, size=2))
    assert page.more
    rest = Wanted(SPAN, size=2, after=page.adjustments[-1].id)
    last = await adjusting.list_adjustments_in(noon.boss, noon.unit.id, rest)
    assert {each.id for each in (*page.adjustments, *last.adjustments)} == {one.id, two.id, theirs.id}
    assert (len(last.adjustments), last.more) == (1, False)
    back = await adjusting.list_adjustments_in(noon.boss, noon.unit.id, replace(rest, after=None, before=two.id))
    assert back.adjustments == page.adjustments
    of_bob = await adjusting.list_adjustments_of(noon.boss, person_id(noon.bob), Wanted(SPAN, statuses=("Approved",)))
    assert [each.id for each in of_bob.adjustments] == [theirs.id]
    assert [each.id for each in (await adjusting.list_own_adjustments(noon.ada, Wanted(SPAN))).adjustments] == [
        one.id,
        two.id,
    ]


async def test_two_at_once_adjust_a_minute_once(noon: Centre) -> None:
    code = await reason(noon)
    outcomes = await asyncio.gather(
        *(submitted(noon, late(code, minutes)) for minutes in (10, 20, 30, 40)), return_exceptions=True
    )
    assert sum(isinstance(each, Adjustment) for each in outcomes) == 1
    assert all(isinstance(each, Adjustment | AdjustmentOverlaps) for each in outcomes), outcomes


async def test_reason_codes_are_changed_and_taken_out_of_use(noon: Centre) -> None:
    unit = noon.unit.id
    code = await reason(noon)
    with pytest.raises(NameTaken):
        await codes.create_reason_codes(noon.boss, unit, [CodeDraft(name="New"), CodeDraft(name="late TRAIN")])
    assert [each.name for each in await codes.list_reason_codes(noon.boss, unit)] == ["Late train"]
    off = CodeDraft(state=CodeState.INACTIVE, id=code, version=1)
    (changed,) = await codes.change_reason_codes(noon.boss, unit, [off])
    assert (changed.state, changed.stamp.version) == (CodeState.INACTIVE, 2)
    with pytest.raises(StaleVersion):
        await codes.change_reason_codes(noon.boss, unit, [off])
    with pytest.raises(Invalid):
        await submitted(noon, late(code))
    await codes.change_reason_codes(noon.boss, unit, [replace(off, state=CodeState.ACTIVE, version=2)])
    made = await submitted(noon, late(code))
    await codes.delete_reason_codes(noon.boss, unit, [code])
    assert await codes.list_reason_codes(noon.boss, unit) == []
    assert the(await adjusting.get_own_adjustment(noon.ada, made.id)).reason_code_id == code
    with pytest.raises(NotFound):
        await codes.delete_reason_codes(noon.boss, unit, [code])


async def test_how_far_back_is_a_setting_under_its_version(noon: Centre) -> None:
    unit = noon.unit.id
    assert (await codes.get_setting(noon.boss, unit)).days == 14
    with pytest.raises(StaleVersion):
        await codes.change_setting(noon.boss, unit, 0, 1)
    changed = await codes.change_setting(noon.boss, unit, 0, 0)
    assert changed.stamp is not None
    assert (changed.days, changed.stamp.version) == (0, 1)
    with pytest.raises(StaleVersion):
        await codes.change_setting(noon.boss, unit, 5, 0)
    with pytest.raises(Invalid):
        await submitted(noon, late(await reason(noon)))
    assert (await codes.change_setting(noon.boss, unit, 5, 1)).days == 5


async def test_strangers_see_nothing_and_agents_decide_nothing(noon: Centre, other_centre: Centre) -> None:
    code = await reason(noon)
    made, ada, unit = await submitted(noon, late(code)), person_id(noon.ada), noon.unit.id
    decide = Change(status=Status.APPROVED, version=1, id=made.id)
    stranger, own = other_centre.boss, other_centre.unit.id
    asked: list[Callable[[], Awaitable[Any]]] = [
        lambda: adjusting.get_adjustment(stranger, ada, made.id),
        lambda: adjusting.review_adjustment(stranger, ada, made.id, decide),
        lambda: adjusting.review_adjustments(stranger, own, [decide]),
        lambda: adjusting.review_adjustments(stranger, unit, [decide]),
        lambda: adjusting.list_adjustments_of(stranger, ada, Wanted(SPAN)),
        lambda: adjusting.list_adjustments_in(stranger, unit, Wanted(SPAN)),
        lambda: adjusting.read_adjustments_in(stranger, own, [made.id]),
        lambda: codes.list_reason_codes(stranger, unit),
        lambda: codes.list_reason_codes(stranger, own, [code]),
        lambda: codes.create_reason_codes(stranger, unit, [CodeDraft(name="X")]),
        lambda: codes.delete_reason_codes(stranger, own, [code]),
        lambda: codes.change_setting(stranger, unit, 1, 0),
        lambda: adjusting.get_own_adjustment(noon.bob, made.id),
        lambda: adjusting.delete_own_adjustment(noon.bob, made.id),
        lambda: adjusting.change_own_adjustment(noon.bob, made.id, Change(version=1)),
    ]
    for ask in asked:
        with pytest.raises(NotFound):
            await ask()
    for ask in (
        lambda: adjusting.review_adjustment(noon.ada, ada, made.id, decide),
        lambda: adjusting.review_adjustments(noon.ada, unit, [decide]),
        lambda: codes.create_reason_codes(noon.ada, unit, [CodeDraft(name="X")]),
        lambda: codes.change_setting(noon.ada, unit, 1, 0),
    ):
        with pytest.raises(PermissionMissing):
            await ask()
    listed = await adjusting.list_adjustments_in(stranger, own, Wanted(SPAN))
    assert listed.adjustments == ()
