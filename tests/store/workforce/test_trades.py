import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.store.conftest import Api, serve
from tests.store.workforce.conftest import Centre, person_id

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import NotFound
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in
from shiftline.workforce.timeoff.model import RequestDraft, Status, TimesAsked
from shiftline.workforce.timeoff.operations.filing import enter_requests
from shiftline.workforce.trades.endpoints import ROUTES
from shiftline.workforce.trades.errors import AlreadyOffered, OfferRefused, ShiftNotFound, StaleVersion, TooManyTrades
from shiftline.workforce.trades.events import TradeOffered, TradeStateChanged
from shiftline.workforce.trades.jobs import expire_offers
from shiftline.workforce.trades.model import Offer, State, TradeFilter
from shiftline.workforce.trades.operations import offering, reading
from shiftline.workforce.trades.operations.offering import change_own_state, expire_trades, offer_shift
from shiftline.workforce.trades.operations.reading import (
    Search,
    list_own_trades,
    list_trades,
    list_trades_of_unit,
    search_openings,
)
from shiftline.workforce.units.model import UnitDraft
from shiftline.workforce.units.operations.management_units import change_management_unit

WEEK = date(2023, 10, 23)
FRIDAY = datetime(2023, 10, 27, 11, tzinfo=UTC)  # 06:00 in Chicago
THURSDAY = FRIDAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


def shift(shift_id: str, start: datetime, hours: int = 8) -> ShiftDraft:
    return ShiftDraft(field="shift", id=shift_id, start=start, minutes=hours * 60)


async def publish(centre: Centre, schedule_id: str = "sch-1", *, week: date = WEEK, published: bool = True) -> None:
    """Ada works on Friday, Bob on Thursday, Cleo on Friday in Berlin; each shift is named after its agent."""
    late = (week - WEEK) + FRIDAY
    parts = (
        PartDraft(field="a", agent_id=person_id(centre.ada), shifts=(shift(f"ada-{week}", late),)),
        PartDraft(field="b", agent_id=person_id(centre.bob), shifts=(shift(f"bob-{week}", late - timedelta(days=1)),)),
        PartDraft(field="c", agent_id=person_id(centre.cleo), shifts=(shift(f"cleo-{week}", late),)),
    )
    draft = ScheduleDraft(description="Week", published=published, parts=parts, id=schedule_id)
    async with centre.boss.transaction() as tx:
        await import_schedule_in(tx, centre.unit.id, week, draft)


@pytest.fixture
async def published(centre: Centre) -> Centre:
    await publish(centre)
    return centre


ADAS = Offer(f"ada-{WEEK}", "sch-1", week_date=WEEK)
FOR_THURSDAY = replace(ADAS, acceptable=[Interval.lasting(THURSDAY - timedelta(hours=1), 600)])


async def found_by(context: Context, centre: Centre, *shift_ids: str) -> list[tuple[str, tuple[str, ...]]]:
    openings = await search_openings(context, Search(centre.unit.id, shift_ids=shift_ids))
    return [(opening.trade.shift.id, opening.match_ids) for opening in openings]


async def test_an_offer_is_listed_on_every_side(published: Centre) -> None:
    trade, created = await offer_shift(published.ada, replace(ADAS, target_person_id=person_id(published.bob)))
    assert created
    assert (trade.state, trade.one_sided, trade.version) == (State.UNMATCHED, True, 1)
    assert trade.expires_at == trade.shift.span.start == FRIDAY
    assert await list_own_trades(published.ada) == [trade]
    assert await list_own_trades(published.bob, [WEEK]) == [trade]
    assert await list_own_trades(published.ada, [WEEK - timedelta(days=7), WEEK]) == [trade]
    assert await list_own_trades(published.ada, [WEEK - timedelta(days=7)]) == []
    assert await list_own_trades(published.cleo) == []
    assert await list_trades(published.boss, published.unit.id, TradeFilter()) == [trade]
    assert await list_trades_of_unit(published.boss, published.berlin.id, TradeFilter()) == []
    (happened,) = await published.tenant.news(TradeOffered)
    assert happened.trade == trade


async def test_the_same_offer_again_is_the_same_trade_and_another_is_refused(published: Centre) -> None:
    first, _ = await offer_shift(published.ada, ADAS)
    again, created = await offer_shift(published.ada, ADAS)
    assert (again, created) == (first, False)
    with pytest.raises(AlreadyOffered) as error:
        await offer_shift(published.ada, FOR_THURSDAY)
    assert first.id in error.value.message
    assert error.value.current_version == 1


async def test_equal_offers_at_the_same_moment_become_one(published: Centre) -> None:
    made = await asyncio.gather(*(offer_shift(published.ada, ADAS) for _ in range(5)))
    assert len({trade.id for trade, _ in made}) == 1
    assert sum(created for _, created in made) == 1


async def test_all_rules_that_refuse_are_told_at_once(published: Centre) -> None:
    wrong = replace(ADAS, week_date=date(2023, 10, 30), target_person_id="nobody", expires_at=FRIDAY + timedelta(1))
    with pytest.raises(OfferRefused) as error:
        await offer_shift(published.ada, wrong)
    assert [reason.code for reason in error.value.reasons] == [
        "trade.week.different",
        "trade.expiry.late",
        "trade.target.elsewhere",
    ]
    with pytest.raises(OfferRefused, match="Only your own shift"):
        await offer_shift(published.bob, ADAS)


async def test_a_draft_or_unknown_shift_is_not_there(centre: Centre, other_centre: Centre) -> None:
    await publish(centre, published=False)
    await publish(other_centre, "sch-2")
    for context, offer in (
        (centre.ada, ADAS),
        (centre.ada, replace(ADAS, shift_id="x")),
        (centre.ada, replace(ADAS, schedule_id="sch-2")),
    ):
        with pytest.raises(ShiftNotFound):
            await offer_shift(context, offer)


async def test_the_management_units_settings_hold(published: Centre) -> None:
    settings = {"shiftTrading": {"oneSided": "Disallow", "minHoursInFuture": 24 * 7, "maxTradesPerAgentPerWeek": 0}}
    draft = UnitDraft(settings=settings, version=published.chicago.stamp.version)
    await change_management_unit(published.boss, published.chicago.id, draft)
    with pytest.raises(OfferRefused) as error:
        await offer_shift(published.ada, ADAS)
    codes = [reason.code for reason in error.value.reasons]
    assert codes == ["trade.notice", "trade.one.sided", "trade.weekly.limit"]


async def test_an_offer_is_canceled_once_and_can_be_made_again(published: Centre) -> None:
    trade, _ = await offer_shift(published.ada, ADAS)
    with pytest.raises(StaleVersion) as error:
        await change_own_state(published.ada, trade.id, State.CANCELED, 7)
    assert error.value.current_version == 1
    refused = await change_own_state(published.ada, trade.id, State.APPROVED, 1)
    assert refused.refusal is not None
    assert refused.trade == trade
    with pytest.raises(NotFound):
        await change_own_state(published.bob, trade.id, State.CANCELED, 1)
    canceled = (await change_own_state(published.ada, trade.id, State.CANCELED, 1)).trade
    assert (canceled.state, canceled.version) == (State.CANCELED, 2)
    assert (await change_own_state(published.ada, trade.id, State.CANCELED, 1)).trade == canceled
    assert len(await published.tenant.news(TradeStateChanged)) == 1
    anew, created = await offer_shift(published.ada, ADAS)
    assert created
    assert anew.id != trade.id


async def test_an_expired_offer_reads_so_before_anybody_noticed_and_makes_room(published: Centre, context: Any) -> None:
    trade, _ = await offer_shift(published.ada, replace(ADAS, expires_at=FRIDAY - timedelta(days=2)))
    context.clock.set(FRIDAY - timedelta(days=2))
    assert [each.state for each in await list_own_trades(published.ada)] == [State.EXPIRED]
    assert await found_by(published.bob, published) == []
    system = published.boss.acting_as(Actor("", "system"))
    anew, created = await offer_shift(published.ada, ADAS)
    assert created
    states = {each.id: each.state for each in await list_own_trades(published.ada)}
    assert states == {trade.id: State.EXPIRED, anew.id: State.UNMATCHED}
    assert await expire_trades(system) == 0
    context.clock.set(FRIDAY)
    await published.tenant.news()
    assert await expire_trades(system) == 1
    (happened,) = await published.tenant.news(TradeStateChanged)
    assert (happened.organization_id, happened.trade.state, happened.trade.changed_by) == (
        "org-1",
        State.EXPIRED,
        "System",
    )


async def test_who_could_take_an_offer_finds_it(published: Centre) -> None:
    await offer_shift(published.ada, ADAS)
    ada = f"ada-{WEEK}"
    assert await found_by(published.bob, published) == [(ada, ())]
    assert await found_by(published.ada, published) == []
    assert await found_by(published.cleo, published) == []
    off = RequestDraft("5", TimesAsked(days=[date(2023, 10, 27)], daily_minutes=480), status=Status.APPROVED)
    await enter_requests(published.boss, published.chicago.id, [person_id(published.bob)], off)
    assert await found_by(published.bob, published) == []


async def test_an_exchange_is_found_for_a_shift_that_is_wanted(published: Centre) -> None:
    await offer_shift(published.ada, FOR_THURSDAY)
    ada, bob = f"ada-{WEEK}", f"bob-{WEEK}"
    assert await found_by(published.bob, published) == []
    assert await found_by(published.bob, published, bob) == [(ada, (bob,))]
    assert await found_by(published.bob, published, ada) == []


async def test_an_offer_of_a_shift_that_no_longer_stands_is_not_found(published: Centre) -> None:
    await offer_shift(published.ada, ADAS)
    await publish(published, "sch-other")
    assert await found_by(published.bob, published) == []
    assert len(await list_own_trades(published.ada)) == 1


async def test_several_weeks_are_several_weeks(published: Centre) -> None:
    following = WEEK + timedelta(days=7)
    await publish(published, "sch-2", week=following)
    await offer_shift(published.ada, ADAS)
    await offer_shift(published.ada, Offer(f"ada-{following}", "sch-2"))
    for weeks, count in (([WEEK, following], 2), ([following], 1), (None, 2)):
        assert len(await list_trades(published.boss, published.unit.id, TradeFilter(week_dates=weeks))) == count
        assert len(await search_openings(published.bob, Search(published.unit.id, week_dates=weeks))) == count


async def test_all_offers_expire_however_many(published: Centre, context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for agent, name in ((published.ada, "ada"), (published.bob, "bob")):
        await offer_shift(agent, Offer(f"{name}-{WEEK}", "sch-1", week_date=WEEK))
    context.clock.set(FRIDAY + timedelta(hours=1))
    monkeypatch.setattr(offering, "BATCH", 1)
    await expire_offers(context)
    trades = await list_trades(published.boss, published.unit.id, TradeFilter())
    assert [trade.version for trade in trades] == [2, 2]


async def test_lists_need_the_permission_where_the_unit_is(published: Centre, other_centre: Centre) -> None:
    await offer_shift(published.ada, ADAS)
    far = published.tenant.acting_as(
        await published.tenant.person("far"), "wfm:shiftTradeRequest:view", division_id="elsewhere"
    )
    for listing in (
        list_trades(far, published.unit.id, TradeFilter()),
        list_trades(far, published.unit.id, TradeFilter(management_unit_ids=[published.chicago.id])),
        list_trades_of_unit(far, published.chicago.id, TradeFilter()),
        list_trades_of_unit(published.bob, published.chicago.id, TradeFilter()),
    ):
        with pytest.raises(PermissionMissing):
            await listing
    for listing in (
        list_trades(other_centre.boss, published.unit.id, TradeFilter()),
        list_trades_of_unit(other_centre.boss, published.chicago.id, TradeFilter()),
    ):
        with pytest.raises(NotFound):
            await listing
    with pytest.raises(NotFound):
        await search_openings(other_centre.ada, Search(published.unit.id))


@pytest.fixture
async def api(context: Any) -> AsyncIterator[Api]:
    async with serve(context.database, context.clock, ROUTES) as served:
        yield served


ROOT = "/api/v2/workforcemanagement"
JOBS = f"{ROOT}/shifttrading/trades/jobs"
BODY = {"initiatingShift": {"id": f"ada-{WEEK}", "schedule": {"id": "sch-1"}, "weekDate": "2023-10-23"}}


def token(centre: Centre, context: Context) -> str:
    return centre.tenant.tokens[person_id(context)]


async def test_the_answer_comes_at_once_unless_it_is_asked_to_come_later(api: Api, published: Centre) -> None:
    ada = token(published, published.ada)
    now = await api.call("POST", JOBS, ada, BODY)
    assert (now.status_code, now.json()["status"]) == (201, "Complete")
    trade = now.json()["addTradeResult"]
    assert trade["initiating"]["shift"]["startDate"] == "2023-10-27T11:00:00Z"
    assert trade["metadata"]["version"] == 1
    again = await api.call("POST", f"{JOBS}?forceAsync=false", ada, BODY)
    assert (again.status_code, again.json()["addTradeResult"]["id"]) == (200, trade["id"])
    later = await api.call("POST", f"{JOBS}?forceAsync=true", ada, BODY)
    assert (later.status_code, later.json()["status"]) == (202, "Processing")
    assert "addTradeResult" not in later.json()
    path = f"{JOBS}/{later.json()['id']}"
    fetched = await api.call("GET", path, ada)
    assert (fetched.json()["status"], fetched.json()["addTradeResult"]["id"]) == ("Complete", trade["id"])
    for stranger in (published.bob, published.boss):
        assert (await api.call("GET", path, token(published, stranger))).status_code == 404
    assert (await api.call("GET", path.replace("/trades/", "/trades/mine/query/"), ada)).status_code == 404


async def test_a_refusal_that_comes_later_is_an_error_with_its_body(api: Api, published: Centre) -> None:
    ada = token(published, published.ada)
    wrong = {**BODY, "expirationDate": "2023-10-19T00:00:00Z"}
    now = await api.call("POST", JOBS, ada, wrong)
    assert now.status_code == 400
    assert now.json()["details"][0]["fieldName"] == "expirationDate"
    later = await api.call("POST", f"{JOBS}?forceAsync=true", ada, wrong)
    assert later.status_code == 202
    fetched = (await api.call("GET", f"{JOBS}/{later.json()['id']}", ada)).json()
    assert (fetched["status"], fetched["error"]["status"]) == ("Error", 400)
    assert await list_own_trades(published.ada) == []


async def test_lists_search_and_cancel_on_the_wire(api: Api, published: Centre) -> None:
    ada, bob, boss = (token(published, each) for each in (published.ada, published.bob, published.boss))
    trade = (await api.call("POST", JOBS, ada, BODY)).json()["addTradeResult"]
    unit = f"{ROOT}/businessunits/{published.unit.id}/shifttrading"
    mine = await api.call("POST", f"{ROOT}/shifttrading/trades/mine/query/jobs", ada, {"weekDates": ["2023-10-23"]})
    assert mine.json()["queryAgentTradesResult"]["entities"] == [trade]
    everyone = await api.call("POST", f"{unit}/trades/query/jobs", boss, {})
    assert everyone.json()["queryTradesResult"]["entities"] == [trade]
    found = await api.call("POST", f"{unit}/unmatched/search/jobs", bob, {"weekDates": ["2023-10-23"]})
    (opening,) = found.json()["searchUnmatchedTradesResult"]["trades"]
    assert (opening["trade"], opening["receivingShiftMatches"]) == (trade, [])
    sides = (opening["matchReview"][side]["paidMinutesDifference"] for side in ("initiatingUser", "receivingUser"))
    assert tuple(sides) == (-480, 480)
    path = f"{ROOT}/shifttrading/trades/{trade['id']}/state/jobs"
    cancel = {"weekDate": "2023-10-23", "state": "Canceled", "metadata": {"version": 1}}
    wrong = await api.call("POST", path, ada, {**cancel, "state": "Approved"})
    assert wrong.json()["updateTradeStateResult"]["failureReason"] == "TransitionNotAllowed"
    done = await api.call("POST", path, ada, cancel)
    assert done.json()["updateTradeStateResult"]["state"] == "Canceled"
    assert "failureReason" not in done.json()["updateTradeStateResult"]


async def test_a_list_that_is_too_long_is_refused_and_never_cut(
    api: Api, published: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_week = WEEK + timedelta(days=7)
    await publish(published, "sch-2", week=next_week)
    await offer_shift(published.ada, ADAS)
    await offer_shift(published.ada, Offer(f"ada-{next_week}", "sch-2", week_date=next_week))
    unit, mu = published.unit.id, published.chicago.id
    monkeypatch.setattr(reading, "MOST", 2)
    assert len(await list_own_trades(published.ada)) == 2
    assert len(await found_by(published.bob, published)) == 2
    monkeypatch.setattr(reading, "MOST", 1)
    for refused in (
        list_own_trades(published.ada),
        list_trades(published.boss, unit, TradeFilter()),
        list_trades_of_unit(published.boss, mu, TradeFilter(person_ids=[person_id(published.ada)])),
        search_openings(published.bob, Search(unit)),
    ):
        with pytest.raises(TooManyTrades):
            await refused
    answer = await api.call("GET", f"{ROOT}/shifttrades", token(published, published.ada))
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, "weekDates")
    assert "more than 1 trades match" in answer.text
    assert len(await list_own_trades(published.ada, [WEEK])) == 1
    assert len(await search_openings(published.bob, Search(unit, week_dates=[WEEK]))) == 1


async def test_the_legacy_generation_works_over_the_same_trades(api: Api, published: Centre) -> None:
    ada, boss = token(published, published.ada), token(published, published.boss)
    body = {
        "scheduleId": "sch-1",
        "initiatingShiftId": f"ada-{WEEK}",
        "expiration": "2023-10-26T00:00:00Z",
        "acceptableIntervals": ["2023-10-26T05:00:00-05:00/2023-10-26T15:00:00-05:00"],
    }
    unit = f"{ROOT}/managementunits/{published.chicago.id}"
    added = await api.call("POST", f"{unit}/weeks/2023-10-23/shifttrades", ada, body)
    assert added.status_code == 201
    trade = added.json()
    assert trade["acceptableIntervals"] == ["2023-10-26T10:00:00.000Z/2023-10-26T20:00:00.000Z"]
    assert (trade["oneSided"], trade["weekDate"], trade["state"]) == (False, "2023-10-23", "Unmatched")
    mine = f"{ROOT}/managementunits/mine/weeks/2023-10-23/shifttrades"
    assert (await api.call("POST", mine, ada, body)).json()["id"] == trade["id"]
    week = await api.call("GET", f"{unit}/weeks/2023-10-23/shifttrades", boss)
    assert week.json() == {"entities": [{"trade": trade}]}
    assert (await api.call("GET", f"{unit}/weeks/2023-10-30/shifttrades", boss)).json() == {"entities": []}
    for path, who in ((f"{unit}/agents/{person_id(published.ada)}/shifttrades", boss), (f"{ROOT}/shifttrades", ada)):
        assert (await api.call("GET", path, who)).json() == {"entities": [trade]}
    elsewhere = f"{ROOT}/managementunits/{published.berlin.id}/weeks/2023-10-23/shifttrades"
    assert (await api.call("POST", elsewhere, ada, body)).status_code == 404
    assert (await api.call("GET", f"{unit}/weeks/not-a-day/shifttrades", boss)).status_code in (400, 404)
    (job_based,) = await list_own_trades(published.ada)
    assert job_based.id == trade["id"]
