"""Rings that wait, for answers or for a review, on a real PostgreSQL: who may still take their offers, and who is told."""

import asyncio
from typing import Any

import pytest
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_trade_cycles import (
    AS_BEFORE,
    FRIDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WEEK,
    Team,
    accept_all,
    around,
    make_team,
    offer,
    offer_ring,
    search,
    set_trading,
    starts_of,
)

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Conflict, Unavailable
from shiftline.foundation.jobs import HANDLERS
from shiftline.workforce.notices import jobs as notice_jobs
from shiftline.workforce.notices.operations import list_own_notices
from shiftline.workforce.notices.topics import describe
from shiftline.workforce.trades import jobs as trade_jobs
from shiftline.workforce.trades.errors import CycleClosed, OfferHeld
from shiftline.workforce.trades.events import CycleChanged
from shiftline.workforce.trades.model import OfferChange, State, Trade
from shiftline.workforce.trades.model.cycles import Cycle, CycleState
from shiftline.workforce.trades.operations.agreeing import answer_cycle, end_cycles, review_cycle
from shiftline.workforce.trades.operations.cycling import set_wanted
from shiftline.workforce.trades.operations.matching import MatchOutcome, Taking, match_trade
from shiftline.workforce.trades.operations.offering import change_offer, change_own_state
from shiftline.workforce.trades.operations.reading import Search, search_openings
from shiftline.workforce.trades.topics import OWN_RINGS, UNIT_RINGS, notifications

REVIEWED = {"autoReview": False, "acrossManagementUnits": "Allow"}


@pytest.fixture
async def team(centre: Centre, context: Any) -> Team:
    context.clock.set("2023-10-20T12:00:00-05:00")
    team = await make_team(centre)
    await set_trading(team, **REVIEWED)
    return team


async def propose_chain(team: Team) -> tuple[Trade, Cycle]:
    """Ada gives Friday for nothing, Bob would give Thursday for it, Dan would take that; Cleo has no part in it."""
    given = await offer(team, 0)
    await offer(team, 1, FRIDAY)
    await set_wanted(team.dan, team.unit_id, WEEK, [around(THURSDAY)])
    (cycle,) = (await search(team)).cycles
    assert {member.person_id for member in cycle.members} == {person_id(who) for who in people_of(team)}
    return given, cycle


def people_of(team: Team) -> list[Context]:
    return [team.centre.ada, team.centre.bob, team.dan]


def take(who: Context, trade: Trade) -> Any:
    return match_trade(who, Taking(trade.id, trade.version))


async def offers_to(team: Team) -> set[str]:
    """The offers that Cleo, who is in no ring, is shown."""
    return {each.trade.id for each in await search_openings(team.centre.cleo, Search(team.unit_id))}


async def carry(team: Team) -> list[Any]:
    """What the worker does with the news of this room, and what of that is news again."""
    system = team.boss.acting_as(Actor(team.boss.organization_id, "system"))
    seen: list[Any] = []
    while happened := await team.centre.tenant.news(object):
        seen += happened
        for event in happened:
            for handler in HANDLERS.get(type(event), []):
                if handler.__module__ in (trade_jobs.__name__, notice_jobs.__name__):
                    await handler(system, event)
    return seen


async def told(who: Context) -> list[tuple[str, bool]]:
    """The rings of which somebody was told, the first first, and whether as one of its people."""
    notices = [each for each in await list_own_notices(who) if each.subject.ring is not None]
    notices.sort(key=lambda each: each.subject.version)
    return [(each.subject.ring.state, each.for_agent) for each in notices if each.subject.ring is not None]


async def test_an_offer_of_a_ring_that_waits_for_its_review_is_not_taken_by_a_pair(team: Team) -> None:
    given, cycle = await propose_chain(team)
    assert await offers_to(team) == {given.id}
    assert (await accept_all(team, cycle))[-1] is CycleState.ACCEPTED
    assert await offers_to(team) == set(), "what cannot be taken is not offered"
    with pytest.raises(OfferHeld, match=f"part of the ring {cycle.id}.*waits for a review.*denied or ends") as refused:
        await take(team.centre.cleo, given)
    assert (refused.value.code, refused.value.current_version) == ("trade.ring.held", given.version)
    await review_cycle(team.boss, team.unit_id, cycle.id, approve=False, version=4)
    assert await offers_to(team) == {given.id}
    freed = await take(team.centre.cleo, given)
    assert freed.trade.state is State.MATCHED


async def test_an_offer_of_a_ring_that_waits_is_not_changed_but_taken_back(team: Team) -> None:
    given, cycle = await propose_chain(team)
    await accept_all(team, cycle)
    with pytest.raises(OfferHeld):
        await change_offer(team.centre.ada, given.id, OfferChange(given.version, {"acceptable": [around(WEDNESDAY)]}))
    assert (await change_own_state(team.centre.ada, given.id, State.CANCELED, given.version)).refusal is None
    await carry(team)
    with pytest.raises(CycleClosed, match=f"The offer of {given.person_id} was taken back"):
        await review_cycle(team.boss, team.unit_id, cycle.id, approve=True, version=5)
    assert await starts_of(team) == AS_BEFORE


async def test_after_its_end_a_ring_holds_nothing(team: Team, context: Any) -> None:
    given, cycle = await propose_chain(team)
    await accept_all(team, cycle)
    context.clock.set(cycle.expires_at)
    assert (await take(team.centre.cleo, given)).trade.state is State.MATCHED  # whoever has noticed
    assert await end_cycles(team.boss.acting_as(Actor("", "system"))) == 1
    async with team.boss.reader() as reader:
        rows = await reader.all("select held from trades.cycle_member", {})
    assert not any(row["held"] for row in rows)


async def test_a_pair_wins_over_a_ring_that_is_only_proposed_and_its_people_are_told_why(team: Team) -> None:
    given, cycle = await propose_chain(team)
    await accept_all(team, cycle, but=team.dan)
    await carry(team)
    assert (await take(team.centre.cleo, given)).trade.state is State.MATCHED
    changed = [each for each in await carry(team) if isinstance(each, CycleChanged)]
    assert [each.cycle.state for each in changed] == [CycleState.VOID]
    with pytest.raises(CycleClosed, match=f"The offer of {given.person_id} was taken in a trade of two"):
        await answer_cycle(team.dan, team.unit_id, cycle.id, accept=True)
    for who in people_of(team):
        assert await told(who) == [("Proposed", True), ("Void", True)]
        last = max(await list_own_notices(who), key=lambda each: (each.subject.ring is not None, each.subject.version))
        assert last.subject.ring is not None
        assert "was taken in a trade of two" in (last.subject.ring.sentence or "")
    assert await told(team.centre.cleo) == []


AT_ONCE = 24


async def until_answered(attempt: Any) -> Any:
    for _ in range(200):
        try:
            return await attempt()
        except Unavailable:
            await asyncio.sleep(0.05)  # no connection was free: what every client does then
        except Conflict as lost:
            return lost
    raise AssertionError("never had a connection")


@pytest.mark.parametrize("automatic", [True, False])
@pytest.mark.parametrize("turn", range(3))
async def test_a_ring_and_many_pairs_race_for_one_offer_and_exactly_one_has_it(
    team: Team, turn: int, automatic: bool
) -> None:
    await set_trading(team, autoReview=automatic, acrossManagementUnits="Allow")
    given, cycle = await propose_chain(team)
    await accept_all(team, cycle, but=team.dan)
    last = [lambda: answer_cycle(team.dan, team.unit_id, cycle.id, accept=True)]
    attempts = [lambda: take(team.centre.cleo, given) for _ in range(AT_ONCE)]
    attempts[turn * 4 : turn * 4] = last
    ring, pairs = None, []
    for answer in await asyncio.gather(*(until_answered(each) for each in attempts)):
        if isinstance(answer, MatchOutcome):
            pairs.append(answer.trade.state)
        elif not isinstance(answer, Conflict):
            ring = answer.cycle.state
    assert ring is not None
    won = {State.APPROVED if automatic else State.MATCHED}
    if ring is CycleState.VOID:
        assert set(pairs) == won
    else:
        assert ring is (CycleState.APPROVED if automatic else CycleState.ACCEPTED)
        assert not won & set(pairs)
    now = await starts_of(team)
    assert sorted(each for mine in now for each in mine) == sorted([FRIDAY, THURSDAY, WEDNESDAY, TUESDAY])


async def test_a_denial_and_pairs_race_and_the_offer_is_free_or_held(team: Team) -> None:
    given, cycle = await propose_chain(team)
    await accept_all(team, cycle)
    attempts = [lambda: take(team.centre.cleo, given) for _ in range(AT_ONCE)]
    attempts.insert(4, lambda: review_cycle(team.boss, team.unit_id, cycle.id, approve=False, version=4))
    answers = await asyncio.gather(*(until_answered(each) for each in attempts))
    lost = [each for each in answers if isinstance(each, Conflict)]
    assert all(isinstance(each, OfferHeld) for each in lost)
    assert {each.trade.state for each in answers if isinstance(each, MatchOutcome)} <= {State.MATCHED}
    assert await starts_of(team) == AS_BEFORE


async def test_a_change_of_an_offer_makes_the_proposal_void(team: Team) -> None:
    given, cycle = await propose_chain(team)
    await change_offer(team.centre.ada, given.id, OfferChange(given.version, {"acceptable": [around(WEDNESDAY)]}))
    await carry(team)
    with pytest.raises(CycleClosed, match=f"The offer of {given.person_id} was changed"):
        await answer_cycle(team.dan, team.unit_id, cycle.id, accept=True)


async def test_everybody_hears_of_each_step_but_their_own(team: Team) -> None:
    _, cycle = await propose_chain(team)
    await carry(team)
    await accept_all(team, cycle)
    await carry(team)
    last = cycle.members[-1].person_id
    for who in people_of(team):
        waits = [] if person_id(who) == last else [("Accepted", True)]
        assert await told(who) == [("Proposed", True), *waits]
    assert await told(team.boss) == [("Accepted", False)]
    await review_cycle(team.boss, team.unit_id, cycle.id, approve=True, version=4)
    await carry(team)
    for who in people_of(team):
        assert (await told(who))[-1] == ("Approved", True)
    assert await told(team.boss) == [("Accepted", False)]
    shown = [describe(each) for each in await list_own_notices(team.dan) if each.subject.ring is not None]
    assert {(each.type, each.shift_trade_ring.people) for each in shown if each.shift_trade_ring is not None} == {
        ("ShiftTradeRing", 3)
    }


async def test_a_decline_is_told_to_the_others_and_an_answer_to_nobody(team: Team) -> None:
    _, cycle = await propose_chain(team)
    await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True)
    await answer_cycle(team.centre.bob, team.unit_id, cycle.id, accept=False)
    await carry(team)
    assert await told(team.centre.ada) == [("Proposed", True), ("Declined", True)]
    assert await told(team.centre.bob) == [("Proposed", True)]
    assert await told(team.boss) == []


async def test_the_topics_tell_each_person_and_whoever_reviews(team: Team) -> None:
    _, cycle = await propose_chain(team)
    await team.centre.tenant.news()
    await answer_cycle(team.centre.ada, team.unit_id, cycle.id, accept=True)
    (happened,) = await team.centre.tenant.news(CycleChanged)
    sent = notifications(happened)
    assert {each.topic for each in sent} == {
        UNIT_RINGS.replace("{id}", team.unit_id),
        *(OWN_RINGS.replace("{id}", person_id(who)) for who in people_of(team)),
    }
    assert {(each.body["state"], each.body["accepted"], each.body["metadata"]["version"]) for each in sent} == {
        ("Proposed", 1, 2)
    }


async def test_an_applied_ring_ends_the_others_with_its_offers(team: Team) -> None:
    await set_trading(team, autoReview=True, acrossManagementUnits="Allow")
    await offer_ring(team)
    (four,) = (await search(team)).cycles
    trades = {member.person_id: member.trade_id for member in four.members}
    async with team.boss.transaction() as tx:
        # As if another search had seen Ada and Bob alone.
        await tx.execute(
            "insert into trades.cycle select organization_id, 'other', search_id, business_unit_id, week_date, state, "
            "expires_at, proposed_by, proposed_at, changed_by, changed_at, version from trades.cycle",
            {},
        )
        await tx.execute(
            "insert into trades.cycle_member select organization_id, 'other', place, person_id, management_unit_id, "
            "trade_id, trade_version, shift_id, schedule_id, schedule_week_date, week_date, span, answer "
            "from trades.cycle_member where trade_id = any(%(ids)s)",
            {"ids": [trades[person_id(team.centre.ada)], trades[person_id(team.centre.bob)]]},
        )
    assert (await accept_all(team, four))[-1] is CycleState.APPROVED
    ended = [each.cycle for each in await carry(team) if isinstance(each, CycleChanged) and each.cycle_id == "other"]
    assert [(each.state, each.ruling.code) for each in ended if each.ruling] == [(CycleState.VOID, "trade.ring.used")]
