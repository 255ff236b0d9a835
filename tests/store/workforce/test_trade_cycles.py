"""Rings of trades on a real PostgreSQL: found, proposed, agreed on, applied as a whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.store.conftest import Api, serve
from tests.store.workforce.conftest import AGENT, Centre, person_id
from tests.store.workforce.test_trade_matches import shifts_of, works
from tests.store.workforce.test_trades import FRIDAY, THURSDAY, WEEK, shift, token

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Conflict, NotFound
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.errors import ShiftsOverlap
from shiftline.workforce.schedule.model import PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations import exchanging
from shiftline.workforce.schedule.operations.changing import import_schedule_in
from shiftline.workforce.trades.endpoints import ROUTES
from shiftline.workforce.trades.errors import CycleClosed, CycleNotFound, CycleStale
from shiftline.workforce.trades.events import CycleChanged, CycleProposed, TradeStateChanged
from shiftline.workforce.trades.model import Offer, State, Trade
from shiftline.workforce.trades.model.cycles import Cycle, CycleFilter, CycleState, Found
from shiftline.workforce.trades.operations.agreeing import answer_cycle, end_cycles, review_cycle
from shiftline.workforce.trades.operations.cycling import (
    CycleSearch,
    get_search,
    list_cycles,
    list_own_cycles,
    run_search,
    set_wanted,
    start_search,
)
from shiftline.workforce.trades.operations.matching import Taking, match_trade
from shiftline.workforce.trades.operations.offering import change_own_state, offer_shift
from shiftline.workforce.units.model import UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.management_units import change_management_unit, find_management_unit

WEDNESDAY, TUESDAY = THURSDAY - timedelta(days=1), THURSDAY - timedelta(days=2)


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


@dataclass
class Team:
    """Four agents who trade: Ada, Bob and Dan in Chicago, Cleo in Berlin, each with one shift of their own."""

    centre: Centre
    dan: Context

    @property
    def people(self) -> list[Context]:
        return [self.centre.ada, self.centre.bob, self.centre.cleo, self.dan]

    @property
    def boss(self) -> Context:
        return self.centre.boss

    @property
    def unit_id(self) -> str:
        return self.centre.unit.id


STARTS = (FRIDAY, THURSDAY, WEDNESDAY, TUESDAY)


async def publish(team: Team, starts: tuple[datetime, ...] = STARTS, schedule_id: str = "sch-1", week: date = WEEK,
                  hours: int = 8) -> None:  # fmt: skip
    """Who works when: the shifts are named after their agents' places, ``s0`` to ``s3``."""
    parts = tuple(
        PartDraft(field=f"p{place}", agent_id=person_id(who), shifts=(shift(f"s{place}-{week}", start, hours),))
        for place, (who, start) in enumerate(zip(team.people, starts, strict=True))
    )
    async with team.boss.transaction() as tx:
        draft = ScheduleDraft(description="Week", published=True, parts=parts, id=schedule_id)
        await import_schedule_in(tx, team.unit_id, week, draft)


async def set_trading(team: Team, **trading: Any) -> None:
    for unit_id in (team.centre.chicago.id, team.centre.berlin.id):
        async with team.boss.reader() as reader:
            unit = await find_management_unit(reader, team.boss.organization_id, unit_id)
        draft = UnitDraft(settings={"shiftTrading": trading}, version=unit.stamp.version)
        await change_management_unit(team.boss, unit_id, draft)


async def make_team(centre: Centre) -> Team:
    dan = await centre.tenant.person("dan", *AGENT)
    async with centre.boss.transaction() as tx:
        await move_agents_in(tx, [dan.id], centre.chicago.id)
    team = Team(centre, centre.tenant.acting_as(dan, *AGENT))
    await publish(team)
    await set_trading(team, autoReview=True, acrossManagementUnits="Allow")
    return team


@pytest.fixture
async def team(centre: Centre) -> Team:
    return await make_team(centre)


def around(start: datetime) -> Interval:
    return Interval(start - timedelta(hours=1), start + timedelta(hours=9))


async def offer(team: Team, place: int, *wanted: datetime, schedule_id: str = "sch-1", week: date = WEEK) -> Trade:
    """The agent at a place offers their shift for one at these times."""
    asked = Offer(f"s{place}-{week}", schedule_id, acceptable=[around(each) for each in wanted])
    return (await offer_shift(team.people[place], asked))[0]


def week_of(team: Team, week: date = WEEK) -> CycleFilter:
    return CycleFilter(team.unit_id, (week,))


async def offer_ring(team: Team) -> list[Trade]:
    """Each wants the shift of the next: a ring of four and no shorter one."""
    return [await offer(team, place, STARTS[(place + 1) % 4]) for place in range(4)]


async def search(team: Team, **more: Any) -> Found:
    job = await start_search(team.boss, asked := CycleSearch(team.unit_id, WEEK, **more))
    found = await run_search(team.boss, job.id, asked)
    assert found is not None
    return found


async def accept_all(team: Team, cycle: Cycle, *, but: Context | None = None) -> list[CycleState]:
    """Everybody in the ring accepts; its state after each."""
    states: list[CycleState] = []
    people = {person_id(each): each for each in team.people}
    left = None if but is None else person_id(but)
    for member in cycle.members:
        if member.person_id != left:
            shown = await answer_cycle(people[member.person_id], team.unit_id, cycle.id, accept=True)
            states.append(shown.cycle.state)
    return states


async def starts_of(team: Team) -> list[list[datetime]]:
    return [[each.start for each in mine] for mine in await shifts_of(team.centre, *team.people)]


AS_BEFORE = [[each] for each in STARTS]
ROUND = [[STARTS[(place + 1) % 4]] for place in range(4)]


async def test_a_ring_of_four_is_found_agreed_on_and_applied(team: Team) -> None:
    trades = await offer_ring(team)
    found = await search(team)
    (cycle,) = found.cycles
    assert (found.offers, found.moved, found.bound) == (4, 4, 4)
    assert cycle.trade_ids == sorted(trade.id for trade in trades)
    assert len(await team.centre.tenant.news(CycleProposed)) == 1
    (own,) = await list_own_cycles(team.centre.ada, week_of(team))
    assert own.judgement is not None
    assert [(move.pay.before, move.pay.after) for move in own.judgement.moves] == [(480, 480)] * 4
    assert await accept_all(team, cycle, but=team.dan) == [CycleState.PROPOSED] * 3
    assert await starts_of(team) == AS_BEFORE
    last = await answer_cycle(team.dan, team.unit_id, cycle.id, accept=True)
    assert last.cycle.state is CycleState.APPROVED
    assert last.cycle.ruling is not None
    assert last.cycle.ruling.code == "trade.automatic"
    assert await starts_of(team) == ROUND
    (hers,) = (await shifts_of(team.centre, team.centre.cleo))[0]
    assert (hers.zone, hers.wall_start.hour, hers.is_swap) == ("Europe/Berlin", 13, True)
    changed = [happened.trade.state for happened in await team.centre.tenant.news(TradeStateChanged)]
    assert changed == [State.APPROVED] * 4


async def test_a_chain_begins_with_a_shift_given_for_nothing(team: Team) -> None:
    await offer(team, 0)
    await offer(team, 1, FRIDAY)
    times = [around(THURSDAY)]
    await set_wanted(team.dan, team.unit_id, WEEK, times)
    (cycle,) = (await search(team)).cycles
    assert [member.person_id for member in cycle.members if member.shift is None] == [person_id(team.dan)]
    assert cycle.is_chain
    assert (await accept_all(team, cycle))[-1] is CycleState.APPROVED
    assert await starts_of(team) == [[], [FRIDAY], [WEDNESDAY], [TUESDAY, THURSDAY]]


async def test_the_same_ring_is_proposed_once_and_one_that_was_declined_is_not_again(team: Team) -> None:
    await offer_ring(team)
    first, second = await search(team), await search(team)
    assert first.cycles == second.cycles
    cycle = first.cycles[0]
    declined = await answer_cycle(team.centre.bob, team.unit_id, cycle.id, accept=False)
    assert declined.cycle.state is CycleState.DECLINED
    with pytest.raises(CycleClosed, match="One of its people declined"):
        await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True)
    third = await search(team)
    assert (third.moved, third.cycles) == (0, ())


async def test_an_acceptance_twice_is_one(team: Team) -> None:
    await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    both = await asyncio.gather(*(answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True) for _ in range(3)))
    assert {shown.cycle.version for shown in both} == {2}
    await accept_all(team, cycle)
    again = await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True)
    assert again.cycle.state is CycleState.APPROVED
    assert len(await team.centre.tenant.news(TradeStateChanged)) == 4
    with pytest.raises(CycleClosed, match="Approved cannot be declined"):
        await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=False)


async def test_all_accept_at_once_and_it_is_applied_once(team: Team) -> None:
    await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    shown = await asyncio.gather(*(answer_cycle(who, team.unit_id, cycle.id, accept=True) for who in team.people))
    assert sorted(each.cycle.version for each in shown) == [2, 3, 4, 5]
    assert await starts_of(team) == ROUND


async def test_after_its_expiry_nobody_accepts(team: Team, context: Any) -> None:
    await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    await accept_all(team, cycle, but=team.centre.ada)
    context.clock.set(cycle.expires_at)
    with pytest.raises(CycleClosed, match="expired at 2023-10-24T11:00:00"):
        await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True)
    await team.centre.tenant.news()
    assert await end_cycles(team.boss.acting_as(Actor("", "system"))) == 1
    (happened,) = await team.centre.tenant.news(CycleChanged)
    assert happened.cycle.state is CycleState.EXPIRED
    assert await starts_of(team) == AS_BEFORE


async def test_a_shift_that_moved_makes_the_ring_void_and_says_why(team: Team) -> None:
    await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    await accept_all(team, cycle, but=team.centre.ada)
    later = shift(f"s2-{WEEK}", WEDNESDAY + timedelta(hours=2))
    part = PartDraft(field="p", agent_id=person_id(team.centre.cleo), shifts=(later,))
    async with team.boss.transaction() as tx:
        await import_schedule_in(
            tx, team.unit_id, WEEK, ScheduleDraft("Moved", published=True, parts=(part,), id="sch-2")
        )
    shown = await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True)
    assert shown.cycle.state is CycleState.VOID
    assert shown.cycle.ruling is not None
    assert "no longer in force" in shown.cycle.ruling.sentence
    (listed,) = await list_cycles(team.boss, week_of(team))
    assert listed.cycle.ruling == shown.cycle.ruling


async def test_an_offer_taken_back_makes_the_ring_void(team: Team) -> None:
    trades = await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    await change_own_state(team.centre.bob, trades[1].id, State.CANCELED, 1)
    assert await end_cycles(team.boss.acting_as(Actor("", "system"))) == 1
    with pytest.raises(CycleClosed, match=f"The offer of {trades[1].person_id} was taken back"):
        await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True)


async def test_of_two_proposals_with_one_offer_accepted_at_once_exactly_one_wins(team: Team) -> None:
    await offer(team, 0, THURSDAY, TUESDAY)
    await offer(team, 1, FRIDAY)
    (first,) = (await search(team)).cycles
    await answer_cycle(team.centre.ada, team.unit_id, first.id, accept=True)
    await offer(team, 3, FRIDAY)
    second = await propose_beside(team, first)
    await answer_cycle(team.centre.ada, team.unit_id, second.id, accept=True)
    both = await asyncio.gather(
        answer_cycle(team.centre.bob, team.unit_id, first.id, accept=True),
        answer_cycle(team.dan, team.unit_id, second.id, accept=True),
    )
    assert sorted(shown.cycle.state for shown in both) == [CycleState.APPROVED, CycleState.VOID]
    now = await starts_of(team)
    assert sorted(each for mine in now for each in mine) == sorted(STARTS)
    assert now[0] in ([THURSDAY], [TUESDAY])


async def propose_beside(team: Team, first: Cycle) -> Cycle:
    """Another proposal with the first one's offer of Ada: a search that does not see Bob's."""
    bobs = next(member for member in first.members if member.person_id == person_id(team.centre.bob))
    async with team.boss.transaction() as tx:
        await tx.execute("update trades.trade set week_date = week_date + 700 where id = %(id)s", {"id": bobs.trade_id})
    found = await search(team)
    async with team.boss.transaction() as tx:
        await tx.execute("update trades.trade set week_date = week_date - 700 where id = %(id)s", {"id": bobs.trade_id})
    (cycle,) = found.cycles
    assert cycle.id != first.id
    return cycle


async def test_a_reviewed_ring_holds_its_offers_until_it_is_decided(team: Team) -> None:
    await set_trading(team, autoReview=False, acrossManagementUnits="Allow")
    await offer(team, 0, THURSDAY, TUESDAY)
    await offer(team, 1, FRIDAY)
    (first,) = (await search(team)).cycles
    await offer(team, 3, FRIDAY)
    second = await propose_beside(team, first)
    assert (await accept_all(team, first))[-1] is CycleState.ACCEPTED
    assert (await accept_all(team, second))[-1] is CycleState.VOID
    assert await starts_of(team) == AS_BEFORE
    with pytest.raises(CycleStale):
        await review_cycle(team.boss, team.unit_id, first.id, approve=True, version=1)
    done = await review_cycle(team.boss, team.unit_id, first.id, approve=True, version=3)
    assert done.cycle.state is CycleState.APPROVED
    again = await review_cycle(team.boss, team.unit_id, first.id, approve=True, version=3)
    assert again.cycle.version == done.cycle.version
    assert (await starts_of(team))[:2] == [[THURSDAY], [FRIDAY]]


async def test_a_denied_ring_changes_nothing_and_leaves_its_offers_open(team: Team) -> None:
    await set_trading(team, autoReview=False, acrossManagementUnits="Allow")
    trades = await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    await accept_all(team, cycle)
    denied = await review_cycle(team.boss, team.unit_id, cycle.id, approve=False, version=5)
    assert denied.cycle.state is CycleState.DENIED
    assert await starts_of(team) == AS_BEFORE
    assert (await change_own_state(team.centre.ada, trades[0].id, State.CANCELED, 1)).refusal is None


@pytest.mark.parametrize("step", [1, 2, 3])
async def test_a_fault_in_the_middle_of_the_write_leaves_nothing_done(
    team: Team, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    weeks = [WEEK + timedelta(days=7 * number) for number in range(3)]
    for number, week in enumerate(weeks[1:], 1):
        await publish(team, tuple(each + timedelta(days=7 * number) for each in STARTS), f"sch-{number + 1}", week)
    late = [start + timedelta(days=7 * place) for place, start in enumerate(STARTS[:3])]
    for place in range(3):
        await offer(team, place, late[(place + 1) % 3], schedule_id=f"sch-{place + 1}", week=weeks[place])
    (cycle,) = (await search(team, week_count=3)).cycles
    before = await works(team.centre, *team.people)
    written, real = 0, exchanging.write_swap

    async def fail(*arguments: Any) -> Any:
        nonlocal written
        written += 1
        if written == step:
            raise ShiftsOverlap("injected")
        return await real(*arguments)

    monkeypatch.setattr(exchanging, "write_swap", fail)
    assert (await accept_all(team, cycle))[-1] is CycleState.VOID
    assert written == step
    assert await works(team.centre, *team.people) == before
    (listed,) = await list_cycles(team.boss, week_of(team))
    assert listed.cycle.ruling is not None
    assert "nothing was changed" in listed.cycle.ruling.sentence
    async with team.boss.reader() as reader:
        rows = await reader.all("select state from trades.trade", {})
    assert [row["state"] for row in rows] == ["Unmatched"] * 3


async def test_a_ring_over_three_schedules_whose_shifts_overlap(team: Team) -> None:
    """Night shifts around the ends of two weeks: nobody holds two at a time for a moment."""
    sunday = datetime.fromisoformat("2023-10-29T22:00-05:00")
    monday = datetime.fromisoformat("2023-10-30T00:00-05:00")
    await publish(team, (sunday, FRIDAY, THURSDAY, WEDNESDAY), "sch-1b")
    await publish(team, (FRIDAY + timedelta(days=7), monday, THURSDAY + timedelta(days=7), WEDNESDAY + timedelta(days=7)),
                  "sch-2", WEEK + timedelta(days=7))  # fmt: skip
    mine = Offer(f"s0-{WEEK}", "sch-1b", acceptable=[Interval(sunday, monday + timedelta(hours=9))])
    theirs = Offer(f"s1-{WEEK + timedelta(days=7)}", "sch-2", acceptable=mine.acceptable)
    await offer_shift(team.centre.ada, mine)
    await offer_shift(team.centre.bob, theirs)
    (cycle,) = (await search(team, week_count=2)).cycles
    assert (await accept_all(team, cycle))[-1] is CycleState.APPROVED
    ada, bob = await shifts_of(team.centre, team.centre.ada, team.centre.bob)
    assert monday in [each.start for each in ada]
    assert sunday in [each.start for each in bob]


async def test_the_night_of_the_clocks_change_is_paid_by_what_passes(team: Team) -> None:
    week = WEEK + timedelta(days=7)
    night = datetime.fromisoformat("2023-11-04T22:00-05:00")  # nine hours on the wall until 06:00
    day = datetime.fromisoformat("2023-11-02T08:00-05:00")
    third = datetime.fromisoformat("2023-11-01T08:00+01:00")
    parts = tuple(
        PartDraft(field=f"p{place}", agent_id=person_id(team.people[place]), shifts=(each,))
        for place, each in enumerate(
            (
                ShiftDraft(field="s", id=f"s0-{week}", start=night, minutes=540),
                shift(f"s1-{week}", day),
                shift(f"s2-{week}", third),
            )
        )
    )
    async with team.boss.transaction() as tx:
        await import_schedule_in(
            tx, team.unit_id, week, ScheduleDraft("Autumn", published=True, parts=parts, id="sch-9")
        )
    await set_trading(team, autoReview=True, acrossManagementUnits="Allow", unequalPaid="Allow")
    starts = (night, day, third)
    for place in range(3):
        wanted = starts[(place + 1) % 3]
        span = Interval(wanted, wanted + timedelta(hours=9))
        await offer_shift(team.people[place], Offer(f"s{place}-{week}", "sch-9", acceptable=[span]))
    (cycle,) = (await search(team, week_count=2)).cycles
    shown = await list_own_cycles(team.centre.cleo, week_of(team, week))
    assert shown[0].judgement is not None
    assert sorted(move.pay.after - move.pay.before for move in shown[0].judgement.moves) == [-60, 0, 60]
    assert (await accept_all(team, cycle))[-1] is CycleState.APPROVED
    (hers,) = [each for each in (await shifts_of(team.centre, team.centre.cleo))[0] if each.id == f"s0-{week}"]
    assert (hers.minutes, hers.zone, hers.wall_start.hour, hers.wall_end.hour) == (540, "Europe/Berlin", 4, 13)


async def test_a_two_sided_trade_and_a_ring_race_for_one_offer(team: Team) -> None:
    trades = await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    await accept_all(team, cycle, but=team.dan)
    free = replace(trades[0])
    both = await asyncio.gather(
        answer_cycle(team.dan, team.unit_id, cycle.id, accept=True),
        match_trade(team.centre.bob, Taking(free.id, 1, f"s1-{WEEK}", "sch-1")),
        return_exceptions=True,
    )
    ring, pair = both
    assert not isinstance(ring, BaseException)
    now = await starts_of(team)
    assert sorted(each for mine in now for each in mine) == sorted(STARTS)
    if ring.cycle.state is CycleState.APPROVED:
        assert now == ROUND
    else:
        assert ring.cycle.state is CycleState.VOID
    assert pair is not None


async def test_foreign_tenants_and_people_without_a_part_find_nothing(team: Team, other_centre: Centre) -> None:
    trades = await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    with pytest.raises(NotFound):
        await answer_cycle(other_centre.ada, team.unit_id, cycle.id, accept=True)
    with pytest.raises(CycleNotFound):
        await answer_cycle(other_centre.ada, other_centre.unit.id, cycle.id, accept=True)
    with pytest.raises(NotFound):
        await review_cycle(other_centre.boss, team.unit_id, cycle.id, approve=True, version=1)
    with pytest.raises(NotFound):
        await list_cycles(other_centre.boss, week_of(team))
    assert await list_own_cycles(team.centre.ada, week_of(team, WEEK + timedelta(days=7))) == []
    with pytest.raises(Conflict):
        await review_cycle(team.boss, team.unit_id, cycle.id, approve=True, version=cycle.version)
    assert trades


async def test_a_ring_changes_no_decision_on_access(team: Team) -> None:
    async def decided() -> list[list[tuple[str, bool | None]]]:
        async with team.boss.reader() as reader:
            decisions = [
                await foresee_access_in(reader, team.boss, person_id(who), at)
                for who in team.people
                for at in (team.boss.now(), *STARTS)
            ]
        return [[(gate.code, gate.holds) for gate in decision.gates] for decision in decisions]

    before = await decided()
    await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    assert (await accept_all(team, cycle))[-1] is CycleState.APPROVED
    assert await decided() == before
    assert before != [[]] * 20


@pytest.fixture
async def api(context: Any) -> AsyncIterator[Api]:
    async with serve(context.database, context.clock, ROUTES) as served:
        yield served


async def test_the_operations_over_http(api: Api, team: Team) -> None:
    await offer_ring(team)
    root = f"/api/v2/shiftline/workforce/businessunits/{team.unit_id}/weeks/{WEEK}"
    boss, ada = token(team.centre, team.boss), token(team.centre, team.centre.ada)
    started = await api.call("POST", f"{root}/tradecycles/jobs", boss, {})
    assert (started.status_code, started.json()["status"]) == (202, "Processing")
    assert (await api.call("POST", f"{root}/tradecycles/jobs", ada, {})).status_code == 403
    job_id = started.json()["id"]
    await run_search(team.boss, job_id, CycleSearch(team.unit_id, WEEK))
    job = (await api.call("GET", started.json()["selfUri"], boss)).json()
    assert (job["status"], job["shiftsMoved"], job["optimal"], job["offers"]) == ("Complete", 4, True, 4)
    assert (await api.call("GET", started.json()["selfUri"], ada)).status_code == 403
    (own,) = (await api.call("GET", f"{root}/tradecycles/mine", ada)).json()["entities"]
    paid = {member["user"]["id"]: member.get("paidMinutesDifference") for member in own["members"]}
    assert paid == {person_id(who): None for who in team.people} | {person_id(team.centre.ada): 0}
    gets = {member["user"]["id"]: datetime.fromisoformat(member["gets"]["startDate"]) for member in own["members"]}
    assert gets == {person_id(who): STARTS[(place + 1) % 4] for place, who in enumerate(team.people)}
    assert (await api.call("GET", f"{root}/tradecycles", ada)).status_code == 403
    (seen,) = (await api.call("GET", f"{root}/tradecycles", boss)).json()["entities"]
    assert len(seen["members"]) == 4
    path = f"{root}/tradecycles/{own['id']}"
    bad = await api.call("POST", f"{path}/answer", ada, {"answer": "Maybe"})
    assert bad.status_code == 400
    for who in team.people:
        said = await api.call("POST", f"{path}/answer", token(team.centre, who), {"answer": "Accepted"})
        assert said.status_code == 200
    (over,) = (await api.call("GET", f"{root}/tradecycles/mine", ada)).json()["entities"]
    assert (over["state"], over["decidedBy"]["code"]) == ("Approved", "trade.automatic")
    assert all(member["gets"]["lengthMinutes"] == 480 for member in over["members"])
    weeks = f"{root}/tradecycles?weekCount=6"
    assert len((await api.call("GET", f"{weeks}&state=Approved", boss)).json()["entities"]) == 1
    assert (await api.call("GET", f"{weeks}&state=Accepted", boss)).json()["entities"] == []
    assert (await api.call("GET", f"{weeks}&state=Gone", boss)).status_code == 400
    late = await api.call("POST", f"{path}/review", boss, {"state": "Denied", "metadata": {"version": 5}})
    assert late.status_code == 409
    times = {"acceptableIntervals": [{"startDate": "2023-10-27T00:00:00Z", "endDate": "2023-10-28T00:00:00Z"}]}
    assert (await api.call("PUT", f"{root}/wantedshifts/mine", ada, times)).status_code == 200
    kept = (await api.call("GET", f"{root}/wantedshifts/mine", ada)).json()
    assert len(kept["acceptableIntervals"]) == 1
    far = {"acceptableIntervals": [{"startDate": "2024-10-27T00:00:00Z", "endDate": "2024-10-28T00:00:00Z"}]}
    refused = await api.call("PUT", f"{root}/wantedshifts/mine", ada, far)
    assert (refused.status_code, refused.json()["details"][0]["fieldName"]) == (400, "acceptableIntervals[0]")


async def test_a_search_is_kept_for_whoever_started_it(team: Team) -> None:
    job = await start_search(team.boss, CycleSearch(team.unit_id, WEEK))
    kept, none = await get_search(team.boss, team.unit_id, job.id)
    assert (kept.body["status"], none) == ("Processing", [])
    await run_search(team.boss, job.id, CycleSearch(team.unit_id, WEEK))
    kept, _ = await get_search(team.boss, team.unit_id, job.id)
    assert (kept.body["status"], kept.body["moved"], kept.body["bound"]) == ("Complete", 0, 0)
