"""Chains that begin with an open shift, on a real PostgreSQL: found, agreed on by each, applied as a whole or void."""

import asyncio
from typing import Any

import pytest
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_trade_cycles import (
    STARTS,
    Team,
    accept_all,
    around,
    offer,
    search,
    set_trading,
    starts_of,
    team,
    week_of,
)
from tests.store.workforce.test_trades import FRIDAY, THURSDAY, WEEK

from shiftline.foundation.context import Actor
from shiftline.foundation.errors import Conflict
from shiftline.workforce.schedule.errors import OpenShiftGone, ShiftsOverlap
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftDraft, OpenShiftState
from shiftline.workforce.schedule.operations import exchanging
from shiftline.workforce.schedule.operations.opening import Change, change_open_shift, get_open_shift, open_shift
from shiftline.workforce.trades.errors import CycleClosed, OpenShiftHeld
from shiftline.workforce.trades.model.cycles import CycleState
from shiftline.workforce.trades.operations.agreeing import answer_cycle, end_cycles, review_cycle
from shiftline.workforce.trades.operations.cycling import list_cycles, list_own_cycles, set_wanted
from shiftline.workforce.trades.operations.open_shifts import Wish, list_takeable, take_open_shift
from shiftline.workforce.trades.operations.reading import list_own_trades

__all__ = ["team"]

SATURDAY = FRIDAY.replace(day=28)


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


async def left(team: Team, centre: Centre) -> OpenShift:
    """Saturday is open in Chicago."""
    draft = OpenShiftDraft(management_unit_id=centre.chicago.id, start=SATURDAY, minutes=480, reason="Sale")
    return await open_shift(team.boss, "sch-1", draft)


async def chain(team: Team, centre: Centre) -> OpenShift:
    """Ada would work Saturday for her Friday, Bob Friday for his Thursday, and Dan Thursday for nothing."""
    found = await left(team, centre)
    await offer(team, 0, SATURDAY)
    await offer(team, 1, FRIDAY)
    await set_wanted(team.dan, team.unit_id, WEEK, [around(THURSDAY)])
    return found


AFTER = [[SATURDAY], [FRIDAY], [STARTS[2]], [STARTS[3], THURSDAY]]


async def test_a_chain_from_an_open_shift_is_agreed_on_and_applied_as_a_whole(team: Team, centre: Centre) -> None:
    opened = await chain(team, centre)
    found = await search(team)
    (cycle,) = found.cycles
    assert (found.moved, cycle.open_shift_id, cycle.open_shift_version) == (3, opened.id, 1)
    assert [each.person_id for each in cycle.members] == [
        person_id(who) for who in (team.dan, team.centre.bob, team.centre.ada)
    ]
    (own,) = await list_own_cycles(team.centre.ada, week_of(team))
    assert own.judgement is not None
    gets = {move.person_id: move.gets and move.gets.start for move in own.judgement.moves}
    assert gets == dict(
        zip([person_id(each) for each in (team.dan, team.centre.bob, team.centre.ada)], [THURSDAY, FRIDAY, SATURDAY],
            strict=True)
    )  # fmt: skip
    assert (await search(team)).cycles == found.cycles
    assert await accept_all(team, cycle) == [CycleState.PROPOSED, CycleState.PROPOSED, CycleState.APPROVED]
    assert await starts_of(team) == AFTER
    taken = await get_open_shift(team.boss, opened.id)
    assert (taken.state, taken.ruling and taken.ruling[0]) == (OpenShiftState.TAKEN, "trade.ring.applied")
    assert taken.taker is not None
    assert (taken.taker.person_id, taken.taker.revision) == (person_id(team.centre.ada), 2)


async def test_somebody_who_would_work_more_is_offered_an_open_shift(team: Team, centre: Centre) -> None:
    opened = await left(team, centre)
    await set_wanted(team.dan, team.unit_id, WEEK, [around(SATURDAY)])
    (cycle,) = (await search(team)).cycles
    assert (cycle.open_shift_id, len(cycle.members), cycle.is_chain) == (opened.id, 1, True)
    assert (await search(team)).cycles == (cycle,)
    assert await accept_all(team, cycle) == [CycleState.APPROVED]
    assert (await starts_of(team))[3] == [STARTS[3], SATURDAY]


async def test_an_open_shift_that_is_taken_meanwhile_makes_the_ring_void(team: Team, centre: Centre) -> None:
    opened = await chain(team, centre)
    (cycle,) = (await search(team)).cycles
    await accept_all(team, cycle, but=team.dan)
    await take_open_shift(team.dan, Wish(opened.id, 1))
    last = await answer_cycle(team.dan, team.unit_id, cycle.id, accept=True)
    assert (last.cycle.state, last.cycle.ruling and last.cycle.ruling.code) == (CycleState.VOID, "open.shift.not.open")
    assert last.cycle.ruling is not None
    assert last.cycle.ruling.sentence == f"The open shift {opened.id} is taken."
    assert await starts_of(team) == [[FRIDAY], [THURSDAY], [STARTS[2]], [STARTS[3], SATURDAY]]


@pytest.mark.parametrize("how", ["withdrawn", "changed"])
async def test_a_ring_whose_open_shift_is_no_longer_as_it_was_ends_by_itself(
    team: Team, centre: Centre, how: str
) -> None:
    opened = await chain(team, centre)
    (cycle,) = (await search(team)).cycles
    draft = OpenShiftDraft(reason="Another sale")
    await change_open_shift(team.boss, Change(opened.id, 1, draft, withdraw=how == "withdrawn"))
    assert await end_cycles(team.boss.acting_as(Actor("", "system"))) == 1
    with pytest.raises(CycleClosed, match=f"The open shift {opened.id} is {how}"):
        await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True)


async def test_a_changed_open_shift_makes_the_ring_void_at_the_last_answer(team: Team, centre: Centre) -> None:
    opened = await chain(team, centre)
    (cycle,) = (await search(team)).cycles
    await change_open_shift(team.boss, Change(opened.id, 1, OpenShiftDraft(reason="Another sale")))
    assert (await accept_all(team, cycle))[-1] is CycleState.VOID
    (shown,) = await list_cycles(team.boss, week_of(team))
    assert shown.cycle.ruling is not None
    assert shown.cycle.ruling.code == "trade.ring.open.shift.changed"


async def test_a_taker_and_a_ring_race_for_an_open_shift(team: Team, centre: Centre) -> None:
    opened = await chain(team, centre)
    (cycle,) = (await search(team)).cycles
    await accept_all(team, cycle, but=team.dan)
    ring, alone = await asyncio.gather(
        answer_cycle(team.dan, team.unit_id, cycle.id, accept=True),
        take_open_shift(team.dan, Wish(opened.id, 1)),
        return_exceptions=True,
    )
    assert not isinstance(ring, BaseException)
    if ring.cycle.state is CycleState.APPROVED:
        assert isinstance(alone, OpenShiftGone)
        assert await starts_of(team) == AFTER
    else:
        assert not isinstance(alone, BaseException)
        assert ring.cycle.state is CycleState.VOID
    assert sum(len(mine) for mine in await starts_of(team)) == 5


async def test_a_reviewed_chain_is_approved_with_its_open_shift(team: Team, centre: Centre) -> None:
    await set_trading(team, autoReview=False, acrossManagementUnits="Allow")
    await chain(team, centre)
    (cycle,) = (await search(team)).cycles
    assert (await accept_all(team, cycle))[-1] is CycleState.ACCEPTED
    assert await starts_of(team) == [[each] for each in STARTS]
    done = await review_cycle(team.boss, team.unit_id, cycle.id, approve=True, version=cycle.version + 3)
    assert done.cycle.state is CycleState.APPROVED
    assert await starts_of(team) == AFTER


async def test_a_chain_that_waits_for_its_review_holds_its_open_shift(team: Team, centre: Centre) -> None:
    await set_trading(team, autoReview=False, acrossManagementUnits="Allow")
    opened = await chain(team, centre)
    (cycle,) = (await search(team)).cycles
    assert (await accept_all(team, cycle))[-1] is CycleState.ACCEPTED
    with pytest.raises(OpenShiftHeld, match=cycle.id):
        await take_open_shift(team.dan, Wish(opened.id, 1))
    (seen,) = await list_takeable(team.dan)
    assert (seen.open_shift.id, seen.held_until) == (opened.id, cycle.expires_at)
    assert (await search(team)).cycles == (), "what a ring uses is on no market"
    await review_cycle(team.boss, team.unit_id, cycle.id, approve=False, version=cycle.version + 3)
    assert [each.held_until for each in await list_takeable(team.dan)] == [None]
    taken = await take_open_shift(team.dan, Wish(opened.id, 1))
    assert taken.open_shift.state is OpenShiftState.CLAIMED


async def test_a_fault_in_the_write_leaves_the_open_shift_and_the_offers_open(
    team: Team, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await chain(team, centre)
    (cycle,) = (await search(team)).cycles

    async def fail(*_: Any) -> Any:
        raise ShiftsOverlap("injected")

    monkeypatch.setattr(exchanging, "write_swap", fail)
    assert (await accept_all(team, cycle))[-1] is CycleState.VOID
    assert (await get_open_shift(team.boss, opened.id)).version == 1
    assert [each.state for each in await list_own_trades(team.centre.ada)] == ["Unmatched"]
    assert await starts_of(team) == [[each] for each in STARTS]
    assert issubclass(ShiftsOverlap, Conflict)
