from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.store.conftest import serve
from tests.store.workforce.conftest import Centre, person_id

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import NotFound
from shiftline.foundation.jobs import HANDLERS
from shiftline.foundation.time import Interval
from shiftline.workforce.notices import jobs
from shiftline.workforce.notices.endpoints import ROUTES
from shiftline.workforce.notices.events import NoticesMarked, NoticesSent
from shiftline.workforce.notices.model import Notice
from shiftline.workforce.notices.operations import forget_old_notices, list_own_notices, mark_own_notices
from shiftline.workforce.notices.topics import notifications
from shiftline.workforce.timeoff.events import TimeOffNews
from shiftline.workforce.timeoff.model import OwnChanges, RequestChanges, RequestDraft, Status, TimesAsked
from shiftline.workforce.timeoff.operations.changing import Target, change_own_request, change_request
from shiftline.workforce.timeoff.operations.filing import enter_requests, submit_request
from shiftline.workforce.trades.events import TradeOffered, TradeStateChanged
from shiftline.workforce.trades.model import Shift, State, Trade

DRAFT = RequestDraft("5", TimesAsked(days=[date(2023, 10, 30)], daily_minutes=480))
START = datetime(2023, 10, 27, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


async def handle(centre: Centre, happened: Sequence[Any]) -> None:
    """What the worker does with the outbox."""
    system = centre.boss.acting_as(Actor(centre.boss.organization_id, "system"))
    for event in happened:
        for handler in HANDLERS.get(type(event), []):
            if handler.__module__ == jobs.__name__:
                await handler(system, event)


async def carry(centre: Centre) -> None:
    await handle(centre, await centre.tenant.news(TimeOffNews))


def told(notices: list[Notice]) -> list[tuple[str, bool]]:
    return [
        (notice.subject.time_off.status, notice.for_agent) for notice in notices if notice.subject.time_off is not None
    ]


async def test_approvers_are_told_of_what_awaits_them_and_the_agent_of_the_decision(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    await carry(centre)
    assert told(await list_own_notices(centre.boss)) == [("PENDING", False)]
    assert await list_own_notices(centre.ada) == []
    target = Target(centre.chicago.id, request.person_id, request.id)
    await change_request(centre.boss, target, RequestChanges(1, Status.APPROVED))
    await carry(centre)
    assert told(await list_own_notices(centre.ada)) == [("APPROVED", True)]
    assert len(await list_own_notices(centre.boss)) == 1


async def test_notes_and_read_marks_tell_nobody(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    await centre.tenant.news()
    await change_own_request(centre.ada, request.id, OwnChanges(notes="please"))
    await change_own_request(centre.ada, request.id, OwnChanges(marked_as_read=False))
    await carry(centre)
    assert await list_own_notices(centre.boss) == []


async def test_who_withdraws_what_awaited_approval_tells_the_approvers(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    await change_own_request(centre.ada, request.id, OwnChanges(cancel=True))
    await carry(centre)
    assert sorted(told(await list_own_notices(centre.boss))) == [("CANCELED", False), ("PENDING", False)]


async def test_only_who_may_notify_and_edit_where_the_agent_works_is_an_approver(centre: Centre) -> None:
    division = centre.chicago.division_id
    both = ("wfm:timeOffRequest:notify", "wfm:timeOffRequest:edit")
    near = await centre.tenant.person("near", *both, division_id=division)
    wild = await centre.tenant.person("wild", "wfm:timeOffRequest:*", division_id=division)
    half = await centre.tenant.person("half", both[1], division_id=division)
    await submit_request(centre.ada, DRAFT)
    await carry(centre)
    counts = [len(await list_own_notices(centre.tenant.acting_as(each))) for each in (near, wild, half)]
    assert counts == [1, 1, 0]


async def test_an_event_that_comes_again_tells_nobody_twice(centre: Centre) -> None:
    await enter_requests(centre.boss, centre.chicago.id, [person_id(centre.ada)], DRAFT)
    happened = await centre.tenant.news(TimeOffNews)
    await handle(centre, happened)
    await handle(centre, happened)
    assert told(await list_own_notices(centre.ada)) == [("PENDING", True)]
    assert len(await centre.tenant.news(NoticesSent)) == 1


def offered(centre: Centre, **more: Any) -> Trade:
    ada, now = person_id(centre.ada), centre.boss.now()
    shift = Shift("s-1", "sch-1", date(2023, 10, 23), ada, Interval.lasting(START, 480), date(2023, 10, 23))
    trade = Trade(
        id="t-1",
        state=State.UNMATCHED,
        business_unit_id=centre.unit.id,
        management_unit_id=centre.chicago.id,
        person_id=ada,
        shift=shift,
        acceptable=(),
        target_person_id=person_id(centre.bob),
        expires_at=START,
        review_note=None,
        created_by=ada,
        created_at=now,
        changed_by=ada,
        changed_at=now,
    )
    return replace(trade, **more)


async def test_the_target_is_told_of_an_offer_and_both_of_its_expiry(centre: Centre) -> None:
    trade = offered(centre)
    await handle(centre, [TradeOffered(organization_id="org-1", trade_id="t-1", trade=trade)])
    (notice,) = await list_own_notices(centre.bob)
    assert notice.subject.trade is not None
    assert (notice.subject.trade.state, notice.subject.trade.one_sided) == ("Unmatched", True)
    assert await list_own_notices(centre.ada) == []
    expired = replace(trade, state=State.EXPIRED, version=2, changed_by="System")
    change = TradeStateChanged(organization_id="org-1", trade_id="t-1", former_state=State.UNMATCHED, trade=expired)
    await handle(centre, [change])
    assert [len(await list_own_notices(each)) for each in (centre.ada, centre.bob, centre.boss)] == [1, 2, 0]


async def test_an_open_offer_to_all_tells_nobody(centre: Centre) -> None:
    trade = offered(centre, target_person_id=None)
    await handle(centre, [TradeOffered(organization_id="org-1", trade_id="t-1", trade=trade)])
    assert await list_own_notices(centre.bob) == []


async def test_marks_are_ones_own_all_or_none(centre: Centre, other_centre: Centre) -> None:
    people = [person_id(centre.ada), person_id(centre.bob)]
    await enter_requests(centre.boss, centre.chicago.id, people, DRAFT)
    await carry(centre)
    (mine,), (bobs,) = await list_own_notices(centre.ada), await list_own_notices(centre.bob)
    with pytest.raises(NotFound):
        await mark_own_notices(centre.ada, {mine.id: True, bobs.id: True})
    with pytest.raises(NotFound):
        await mark_own_notices(other_centre.ada, {mine.id: True})
    assert [notice.marked_as_read for notice in await list_own_notices(centre.ada)] == [False]
    await mark_own_notices(centre.ada, {mine.id: True})
    await mark_own_notices(centre.ada, {mine.id: True})
    assert [notice.marked_as_read for notice in await list_own_notices(centre.ada)] == [True]
    assert len(await centre.tenant.news(NoticesMarked)) == 1


async def test_old_notices_go(centre: Centre, context: Any) -> None:
    await enter_requests(centre.boss, centre.chicago.id, [person_id(centre.ada)], DRAFT)
    await carry(centre)
    system: Context = centre.boss.acting_as(Actor("", "system"))
    context.clock.advance(timedelta(days=60))
    await forget_old_notices(system)
    assert len(await list_own_notices(centre.ada)) == 1
    context.clock.advance(timedelta(seconds=1))
    await forget_old_notices(system)
    assert await list_own_notices(centre.ada) == []


async def test_the_wire_and_the_topic_tell_the_same(context: Any, centre: Centre) -> None:
    await enter_requests(centre.boss, centre.chicago.id, [person_id(centre.ada)], DRAFT)
    await carry(centre)
    (sent,) = await centre.tenant.news(NoticesSent)
    (note,) = notifications(sent)
    assert note.topic == f"v2.users.{person_id(centre.ada)}.workforcemanagement.notifications"
    token, path = centre.tenant.tokens[person_id(centre.ada)], "/api/v2/workforcemanagement/notifications"
    async with serve(context.database, context.clock, ROUTES) as api:
        listed = await api.call("GET", path, token)
        assert listed.json()["entities"] == [note.body]
        (entity,) = listed.json()["entities"]
        assert entity["timeOffRequest"]["fullDayManagementUnitDates"] == ["2023-10-30"]
        assert entity["agentNotification"] is True
        marked = await api.call("POST", f"{path}/update", token, {"entities": [{**entity, "markedAsRead": True}]})
        assert (marked.status_code, marked.json()["entities"][0]["id"]) == (200, entity["id"])
        assert (await api.call("GET", path, token)).json()["entities"][0]["markedAsRead"] is True
        unknown = await api.call("POST", f"{path}/update", token, {"entities": [{"id": "x", "markedAsRead": True}]})
        assert unknown.status_code == 404
