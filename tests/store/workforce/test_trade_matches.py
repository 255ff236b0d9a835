"""Offers are taken, reviewed and carried out on a real PostgreSQL: over weeks, zones, the night of the clock change, races."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.store.conftest import Api, serve
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_trades import ADAS, FOR_THURSDAY, FRIDAY, THURSDAY, WEEK, publish, token

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Conflict, NotFound
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import ActivityDraft, PartDraft, ScheduleDraft, Shift, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in
from shiftline.workforce.schedule.operations.searching import find_work
from shiftline.workforce.timeoff.model import RequestDraft, Status, TimesAsked
from shiftline.workforce.timeoff.operations.filing import enter_requests
from shiftline.workforce.trades.endpoints import ROUTES
from shiftline.workforce.trades.errors import AlreadyOffered, StaleVersion
from shiftline.workforce.trades.events import TradesReviewed, TradeStateChanged
from shiftline.workforce.trades.model import Mode, Offer, Role, State, Trade
from shiftline.workforce.trades.operations.matching import MatchOutcome, Taking, match_trade
from shiftline.workforce.trades.operations.offering import change_own_state, expire_trades, offer_shift
from shiftline.workforce.trades.operations.reading import Search, list_own_trades, search_openings
from shiftline.workforce.trades.operations.reviewing import Wish, evaluate_trades, review_trades
from shiftline.workforce.units.model import UnitDraft
from shiftline.workforce.units.operations.business_units import change_business_unit
from shiftline.workforce.units.operations.management_units import change_management_unit, find_management_unit

BOBS = f"bob-{WEEK}"
ADA_FRIDAY = f"ada-{WEEK}"


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


@pytest.fixture
async def published(centre: Centre) -> Centre:
    await publish(centre)
    return centre


async def set_trading(centre: Centre, **trading: Any) -> None:
    """Both management units get these settings for trades."""
    for unit_id in (centre.chicago.id, centre.berlin.id):
        async with centre.boss.reader() as reader:
            unit = await find_management_unit(reader, centre.boss.organization_id, unit_id)
        draft = UnitDraft(settings={"shiftTrading": trading}, version=unit.stamp.version)
        await change_management_unit(centre.boss, unit_id, draft)


async def works(centre: Centre, *who: Context) -> list[list[tuple[str, datetime]]]:
    """What each of the people works in the autumn, by the ids and starts of their shifts."""
    found = await shifts_of(centre, *who)
    return [[(shift.id, shift.start) for shift in shifts] for shifts in found]


async def shifts_of(centre: Centre, *who: Context) -> list[list[Shift]]:
    span = Interval(datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 12, 31, tzinfo=UTC))
    async with centre.boss.reader() as reader:
        work = await find_work(reader, centre.boss.organization_id, span, [person_id(each) for each in who])
    return [[shift for _, shift in work.get(person_id(each), [])] for each in who]


async def take(who: Context, trade: Trade, shift_id: str | None = None, schedule_id: str = "sch-1") -> MatchOutcome:
    given = None if shift_id is None else schedule_id
    return await match_trade(who, Taking(trade.id, trade.version, shift_id, given))


def violations(outcome: MatchOutcome) -> list[tuple[str, Mode]]:
    """What a match would need a review for, or is refused for."""
    found = ((finding.violation, finding.mode) for finding in outcome.judgement.findings)
    return [(violation, mode) for violation, mode in found if mode is not Mode.ALLOW]


async def test_a_one_sided_trade_waits_for_its_review_and_is_approved(published: Centre) -> None:
    offer, _ = await offer_shift(published.ada, ADAS)
    outcome = await take(published.bob, offer)
    trade = outcome.trade
    assert (trade.state, trade.version) == (State.MATCHED, 2)
    assert trade.ruling is not None
    assert trade.ruling.code == "trade.reviewed"
    assert outcome.judgement.pay[Role.INITIATING].weeks[0].after == 0
    assert outcome.judgement.pay[Role.RECEIVING].before * 2 == outcome.judgement.pay[Role.RECEIVING].after == 960
    assert await works(published, published.ada, published.bob) == [[(ADA_FRIDAY, FRIDAY)], [(BOBS, THURSDAY)]]
    assert [each.id for each in await list_own_trades(published.bob)] == [trade.id]
    (waiting,) = await evaluate_trades(published.boss, published.unit.id, None, [WEEK])
    assert waiting.judgement.verdict is Mode.REVIEW
    review = await review_trades(published.boss, published.unit.id, [Wish(trade.id, State.APPROVED, 2)])
    (done,) = review.outcomes
    assert (done.refusal, done.trade.state, done.trade.reviewed_by) == (None, State.APPROVED, "admin-1")
    assert await works(published, published.ada, published.bob) == [[], [(BOBS, THURSDAY), (ADA_FRIDAY, FRIDAY)]]
    (again,) = (await review_trades(published.boss, published.unit.id, [Wish(trade.id, State.APPROVED, 2)])).outcomes
    assert again.trade == done.trade
    states = [happened.trade.state for happened in await published.tenant.news(TradeStateChanged)]
    assert states == [State.MATCHED, State.APPROVED]


async def test_a_two_sided_trade_is_approved_automatically_where_every_rule_holds(published: Centre) -> None:
    await set_trading(published, autoReview=True)
    offer, _ = await offer_shift(published.ada, FOR_THURSDAY)
    outcome = await take(published.bob, offer, BOBS)
    assert outcome.judgement.findings == ()
    assert (outcome.trade.state, outcome.trade.ruling and outcome.trade.ruling.code) == (
        State.APPROVED,
        "trade.automatic",
    )
    (adas,), (bobs,) = await shifts_of(published, published.ada, published.bob)
    assert ((adas.id, adas.start), (bobs.id, bobs.start)) == ((BOBS, THURSDAY), (ADA_FRIDAY, FRIDAY))
    assert adas.is_swap
    assert bobs.is_swap
    assert bobs.swap_reason == f"Shift trade {offer.id}"
    assert (await take(published.bob, offer, BOBS)).trade == outcome.trade


async def test_what_needs_a_review_is_not_approved_automatically(published: Centre) -> None:
    await set_trading(published, autoReview=True, oneSided="AdminReview")
    offer, _ = await offer_shift(published.ada, ADAS)
    outcome = await take(published.bob, offer)
    assert violations(outcome) == [("OneSidedTradeCreation", Mode.REVIEW)]
    assert (outcome.trade.state, outcome.trade.ruling and outcome.trade.ruling.code) == (
        State.MATCHED,
        "trade.one.sided",
    )


async def autumn(centre: Centre) -> tuple[datetime, datetime]:
    """Ada works through the night in which Chicago's clocks go back (nine hours for 22:00-06:00), Bob a week later.

    Both nights' meals lie three hours after the start.
    """
    night = datetime(2023, 11, 5, 3, tzinfo=UTC)  # Saturday 22:00, Chicago
    later = datetime(2023, 11, 12, 4, tzinfo=UTC)
    for week, who, start, minutes in ((date(2023, 10, 30), "ada", night, 540), (date(2023, 11, 6), "bob", later, 480)):
        meal = ActivityDraft(start=start + timedelta(hours=3), minutes=30, code_id="2")
        shift = ShiftDraft(field="s", id=f"{who}-night", start=start, minutes=minutes, activities=(meal,))
        part = PartDraft(field="p", agent_id=person_id(getattr(centre, who)), shifts=(shift,))
        async with centre.boss.transaction() as tx:
            draft = ScheduleDraft(description="Autumn", published=True, parts=(part,), id=f"sch-{who}")
            await import_schedule_in(tx, centre.unit.id, week, draft)
    return night, later


async def test_a_trade_over_two_weeks_and_the_night_the_clocks_go_back(centre: Centre) -> None:
    night, later = await autumn(centre)
    offer, _ = await offer_shift(centre.ada, Offer("ada-night", "sch-ada", acceptable=[Interval.lasting(later, 600)]))
    (opening,) = await search_openings(centre.bob, Search(centre.unit.id, shift_ids=["bob-night"]))
    pay = opening.judgements["bob-night"].pay
    assert [(pay[role].before, pay[role].after) for role in Role] == [(510, 450), (450, 510)]
    outcome = await take(centre.bob, offer, "bob-night", "sch-bob")
    assert violations(outcome) == [("UnequalPaidTime", Mode.REVIEW)]
    assert [(week.before, week.after) for week in outcome.judgement.pay[Role.RECEIVING].weeks] == [(0, 510), (450, 0)]
    await review_trades(centre.boss, centre.unit.id, [Wish(offer.id, State.APPROVED, 2)])
    (adas,), (bobs,) = await shifts_of(centre, centre.ada, centre.bob)
    assert (bobs.start, bobs.minutes, bobs.paid_minutes) == (night, 540, 510)
    assert (bobs.wall_start, bobs.wall_end) == (datetime(2023, 11, 4, 22), datetime(2023, 11, 5, 6))  # noqa: DTZ001 - a wall
    assert (adas.start, adas.paid_minutes) == (later, 450)
    for shift in (adas, bobs):
        assert [each.code_id for each in shift.activities] == ["0", "2", "0"]
        assert shift.activities[1].start == shift.start + timedelta(hours=3)


async def test_shifts_of_two_weeks_that_overlap_change_hands_without_anybody_working_twice(centre: Centre) -> None:
    evening = datetime(2023, 11, 6, 4, tzinfo=UTC)  # Sunday 22:00, Chicago
    for week, who, start in (
        (date(2023, 10, 30), "ada", evening),
        (date(2023, 11, 6), "bob", evening + timedelta(hours=3)),
    ):
        shift = ShiftDraft(field="s", id=f"{who}-night", start=start, minutes=480)
        part = PartDraft(field="p", agent_id=person_id(getattr(centre, who)), shifts=(shift,))
        async with centre.boss.transaction() as tx:
            draft = ScheduleDraft(description="Autumn", published=True, parts=(part,), id=f"sch-{who}")
            await import_schedule_in(tx, centre.unit.id, week, draft)
    await set_trading(centre, autoReview=True)
    offer, _ = await offer_shift(centre.ada, Offer("ada-night", "sch-ada", acceptable=[Interval.lasting(evening, 900)]))
    outcome = await take(centre.bob, offer, "bob-night", "sch-bob")
    assert outcome.trade.state is State.APPROVED
    assert [[each for each, _ in mine] for mine in await works(centre, centre.ada, centre.bob)] == [
        ["bob-night"],
        ["ada-night"],
    ]


async def test_a_shift_gets_the_wall_of_another_zone_where_both_units_trade_with_others(published: Centre) -> None:
    offer, _ = await offer_shift(published.ada, replace(ADAS, acceptable=[Interval.lasting(FRIDAY, 480)]))
    cleos = f"cleo-{WEEK}"
    refused = await take(published.cleo, offer, cleos)
    assert violations(refused) == [("AgentCapabilityMismatch", Mode.REFUSE)]
    assert "different management units" in refused.judgement.ruling.sentence
    assert await search_openings(published.cleo, Search(published.unit.id, shift_ids=[cleos])) == []
    await set_trading(published, acrossManagementUnits="Allow", autoReview=True)
    (opening,) = await search_openings(published.cleo, Search(published.unit.id, shift_ids=[cleos]))
    assert opening.match_ids == (cleos,)
    assert (await take(published.cleo, offer, cleos)).trade.state is State.APPROVED
    (adas,), (hers,) = await shifts_of(published, published.ada, published.cleo)
    assert (adas.id, adas.zone, adas.wall_start.hour) == (cleos, "America/Chicago", 6)
    assert (hers.id, hers.zone, hers.wall_start.hour) == (ADA_FRIDAY, "Europe/Berlin", 13)


async def test_an_offer_that_no_longer_holds_says_why(published: Centre, context: Any) -> None:
    offer, _ = await offer_shift(published.ada, ADAS)
    moved = ShiftDraft(field="s", id=ADA_FRIDAY, start=FRIDAY + timedelta(hours=1), minutes=480)
    part = PartDraft(field="a", agent_id=person_id(published.ada), shifts=(moved,))
    async with published.boss.transaction() as tx:
        draft = ScheduleDraft(description="Moved", published=True, parts=(part,), id="sch-2")
        await import_schedule_in(tx, published.unit.id, WEEK, draft)
    outcome = await take(published.bob, offer)
    assert violations(outcome) == [("InitiatingShiftDoesNotExist", Mode.REFUSE)]
    assert "no longer in force" in outcome.judgement.ruling.sentence
    assert outcome.trade == offer
    anew, _ = await offer_shift(published.ada, Offer(ADA_FRIDAY, "sch-2"))
    context.clock.set(anew.expires_at)
    late = await take(published.bob, anew)
    assert violations(late) == [("InvalidState", Mode.REFUSE)]
    assert "expired at 2023-10-27T12:00:00" in late.judgement.ruling.sentence


async def test_a_shift_that_moved_after_the_match_stops_the_approval_and_changes_nothing(published: Centre) -> None:
    offer, _ = await offer_shift(published.ada, FOR_THURSDAY)
    trade = (await take(published.bob, offer, BOBS)).trade
    off = RequestDraft("5", TimesAsked(days=[date(2023, 10, 27)], daily_minutes=480), status=Status.APPROVED)
    await enter_requests(published.boss, published.chicago.id, [person_id(published.bob)], off)
    before = await works(published, published.ada, published.bob)
    (refused,) = (await review_trades(published.boss, published.unit.id, [Wish(trade.id, State.APPROVED, 2)])).outcomes
    assert refused.refusal is not None
    assert (refused.trade.state, refused.refusal.code) == (State.MATCHED, "trade.time.off")
    assert await works(published, published.ada, published.bob) == before
    await publish(published, "sch-2")
    (gone,) = (await review_trades(published.boss, published.unit.id, [Wish(trade.id, State.APPROVED, 2)])).outcomes
    assert (gone.violation, gone.trade.version) == ("InitiatingShiftDoesNotExist", 2)


async def test_a_trade_changes_no_decision_on_access(published: Centre) -> None:
    async def decided() -> list[list[tuple[str, bool | None]]]:
        async with published.boss.reader() as reader:
            decisions = [
                await foresee_access_in(reader, published.boss, person_id(who), at)
                for who in (published.ada, published.bob)
                for at in (published.boss.now(), FRIDAY, THURSDAY)
            ]
        return [[(gate.code, gate.holds) for gate in decision.gates] for decision in decisions]

    before = await decided()
    await set_trading(published, autoReview=True)
    offer, _ = await offer_shift(published.ada, FOR_THURSDAY)
    assert (await take(published.bob, offer, BOBS)).trade.state is State.APPROVED
    assert await decided() == before
    assert before != [[]] * 6


async def test_what_the_schedule_refuses_changes_nothing_and_says_why(published: Centre) -> None:
    offer, _ = await offer_shift(published.ada, FOR_THURSDAY)
    trade = (await take(published.bob, offer, BOBS)).trade
    short = UnitDraft(settings={"scheduling": {"longestShiftMinutes": 60}}, version=published.unit.stamp.version)
    await change_business_unit(published.boss, published.unit.id, short)
    before = await works(published, published.ada, published.bob)
    (refused,) = (await review_trades(published.boss, published.unit.id, [Wish(trade.id, State.APPROVED, 2)])).outcomes
    assert refused.refusal is not None
    assert (refused.trade, refused.refusal.code) == (trade, "trade.impossible")
    assert "a shift lasts from 1 minute to 60 minutes" in refused.refusal.sentence
    assert await works(published, published.ada, published.bob) == before


async def test_two_take_an_offer_at_once_and_exactly_one_has_it(published: Centre) -> None:
    await set_trading(published, autoReview=True, acrossManagementUnits="Allow")
    offer, _ = await offer_shift(
        published.ada, replace(ADAS, acceptable=[Interval(THURSDAY, FRIDAY + timedelta(hours=8))])
    )
    both = await asyncio.gather(
        take(published.bob, offer, BOBS), take(published.cleo, offer, f"cleo-{WEEK}"), return_exceptions=True
    )
    (won,) = [each for each in both if isinstance(each, MatchOutcome)]
    (lost,) = [each for each in both if isinstance(each, StaleVersion)]
    assert won.trade.state is State.APPROVED
    assert lost.current_version == 2
    assert len(await published.tenant.news(TradeStateChanged)) == 1


async def test_a_shift_stands_in_one_trade_at_a_time(published: Centre) -> None:
    offer, _ = await offer_shift(published.ada, FOR_THURSDAY)
    own, _ = await offer_shift(published.bob, Offer(BOBS, "sch-1"))
    outcome = await take(published.bob, offer, BOBS)
    assert violations(outcome) == [("InvalidState", Mode.REFUSE)]
    assert own.id in outcome.judgement.ruling.sentence
    await change_own_state(published.bob, own.id, State.CANCELED, 1)
    assert (await take(published.bob, offer, BOBS)).trade.state is State.MATCHED
    with pytest.raises(AlreadyOffered):
        await offer_shift(published.bob, Offer(BOBS, "sch-1"))


async def test_a_matched_trade_is_denied_canceled_or_ends_when_its_first_shift_starts(
    published: Centre, context: Any
) -> None:
    offer, _ = await offer_shift(published.ada, FOR_THURSDAY)
    await take(published.bob, offer, BOBS)
    (denied,) = (await review_trades(published.boss, published.unit.id, [Wish(offer.id, State.DENIED, 2)])).outcomes
    assert (denied.trade.state, denied.trade.ruling and denied.trade.ruling.code) == (State.DENIED, "trade.denied")
    (late,) = (await review_trades(published.boss, published.unit.id, [Wish(offer.id, State.APPROVED, 3)])).outcomes
    assert late.refusal is not None
    assert "Denied cannot be made Approved" in late.refusal.sentence
    second, _ = await offer_shift(published.ada, FOR_THURSDAY)
    await take(published.bob, second, BOBS)
    approved = await change_own_state(published.ada, second.id, State.APPROVED, 2)
    assert approved.refusal is not None
    assert (await change_own_state(published.ada, second.id, State.CANCELED, 2)).trade.state is State.CANCELED
    third, _ = await offer_shift(published.ada, FOR_THURSDAY)
    await take(published.bob, third, BOBS)
    context.clock.set(THURSDAY)
    await published.tenant.news()
    assert await expire_trades(published.boss.acting_as(Actor("", "system"))) == 1
    (happened,) = await published.tenant.news(TradeStateChanged)
    assert (happened.former_state, happened.trade.state) == (State.MATCHED, State.EXPIRED)
    assert await works(published, published.ada, published.bob) == [[(ADA_FRIDAY, FRIDAY)], [(BOBS, THURSDAY)]]


async def test_each_trade_of_a_review_is_decided_for_itself(published: Centre) -> None:
    following = WEEK + timedelta(days=7)
    await publish(published, "sch-2", week=following)
    first, _ = await offer_shift(published.ada, ADAS)
    second, _ = await offer_shift(published.ada, Offer(f"ada-{following}", "sch-2"))
    for each in (first, second):
        await take(published.bob, each)
    await published.tenant.news()
    wishes = [Wish(first.id, State.APPROVED, 1), Wish(second.id, State.APPROVED, 2)]
    stale, done = (await review_trades(published.boss, published.unit.id, wishes)).outcomes
    assert stale.refusal is not None
    assert stale.refusal.code == "trade.version.stale"
    assert (stale.trade.state, done.trade.state) == (State.MATCHED, State.APPROVED)
    told = await published.tenant.news(TradesReviewed)
    assert [happened.week_date for happened in told] == [WEEK, following]


async def test_foreign_tenants_and_people_without_the_permission_find_nothing(
    published: Centre, other_centre: Centre
) -> None:
    offer, _ = await offer_shift(published.ada, ADAS)
    with pytest.raises(NotFound):
        await take(other_centre.ada, offer)
    with pytest.raises(NotFound):
        await review_trades(other_centre.boss, other_centre.unit.id, [Wish(offer.id, State.APPROVED, 1)])
    direct, _ = await offer_shift(published.bob, Offer(BOBS, "sch-1", target_person_id=person_id(published.ada)))
    outcome = await take(published.bob, direct)
    assert [violation for violation, _ in violations(outcome)][:2] == [
        "CannotTradeWithYourself",
        "DirectTradeForOtherUser",
    ]
    assert outcome.judgement.pay == {}
    outcome = await take(published.bob, offer, "unknown")
    assert violations(outcome) == [("ReceivingShiftDoesNotExist", Mode.REFUSE)]
    with pytest.raises(Conflict):
        await match_trade(published.bob, Taking(offer.id, 9))


@pytest.fixture
async def api(context: Any) -> AsyncIterator[Api]:
    async with serve(context.database, context.clock, ROUTES) as served:
        yield served


ROOT = "/api/v2/workforcemanagement"


async def test_both_generations_take_and_review_over_one_store(api: Api, published: Centre) -> None:
    bob, boss = token(published, published.bob), token(published, published.boss)
    offer, _ = await offer_shift(published.ada, FOR_THURSDAY)
    unit = f"{ROOT}/managementunits/{published.chicago.id}/weeks/{WEEK}/shifttrades"
    body = {"receivingScheduleId": "sch-1", "receivingShiftId": BOBS, "metadata": {"version": 1}}
    half = await api.call("POST", f"{unit}/{offer.id}/match", bob, {**body, "receivingScheduleId": None})
    assert (half.status_code, half.json()["details"][0]["fieldName"]) == (400, "receivingScheduleId")
    matched = await api.call("POST", f"{unit}/{offer.id}/match", bob, body)
    assert matched.status_code == 200
    assert (matched.json()["trade"]["state"], matched.json()["violations"]) == ("Matched", [])
    assert matched.json()["receivingUser"]["paidMinutesDifference"] == 0
    week = (await api.call("GET", unit, boss)).json()["entities"]
    assert week[0]["matchReview"]["initiatingUser"]["preTradeSchedulePaidMinutes"] == 480
    wishes = {"entities": [{"id": offer.id, "state": "Approved", "metadata": {"version": 2}}]}
    for who in (bob, token(published, published.ada)):
        mine = await api.call("POST", f"{ROOT}/shifttrading/trades/mine/query/jobs", who, {})
        (own,) = mine.json()["queryAgentTradesResult"]["entities"]
        assert own["matchReview"]["receivingUser"]["postTradeSchedulePaidMinutes"] == 480
        assert (await api.call("POST", f"{unit}/state/bulk", who, wishes)).status_code == 403
    done = (await api.call("POST", f"{unit}/state/bulk", boss, wishes)).json()
    assert done["result"]["entities"][0]["state"] == "Approved"
    jobs = f"{ROOT}/businessunits/{published.unit.id}/shifttrading/trades/state/bulk/jobs"
    denied = {"entities": [{"id": offer.id, "state": "Denied", "metadata": {"version": 3}}]}
    refused = (await api.call("POST", jobs, boss, denied)).json()["bulkUpdateTradeStatesResult"]["entities"][0]
    assert (refused["state"], refused["failureReason"]) == ("Approved", "TransitionNotAllowed")
    assert "Approved cannot be made Denied" in refused["failureSentence"]
