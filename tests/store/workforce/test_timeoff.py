import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve
from tests.store.workforce.conftest import Centre, person_id

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Conflict, Invalid, NotFound
from shiftline.foundation.time import Interval
from shiftline.foundation.web.paging import Page
from shiftline.workforce.timeoff.endpoints import ROUTES
from shiftline.workforce.timeoff.errors import AlreadyOff, NotAllowedNow, StaleVersion
from shiftline.workforce.timeoff.events import (
    ApprovedTimeOffChanged,
    TimeOffChanged,
    TimeOffEntered,
    TimeOffNews,
    TimeOffRequested,
)
from shiftline.workforce.timeoff.model import (
    Filing,
    OwnChanges,
    RequestChanges,
    RequestDraft,
    RequestFilter,
    Status,
    TimeOffRequest,
    TimesAsked,
)
from shiftline.workforce.timeoff.operations.changing import Target, change_own_request, change_request
from shiftline.workforce.timeoff.operations.filing import enter_requests, file_request_in, submit_request
from shiftline.workforce.timeoff.operations.reading import (
    get_own_request,
    get_request,
    list_own_requests,
    query_requests,
)
from shiftline.workforce.units.operations.agents import move_agents_in

NOW = "2023-10-20T12:00:00-05:00"
WEEKDAYS = TimesAsked(days=[date(2023, 10, 30), date(2023, 10, 31)], daily_minutes=480)
DRAFT = RequestDraft("5", WEEKDAYS, notes="two days")
SPAN = Interval(datetime(2023, 10, 28, 13, tzinfo=UTC), datetime(2023, 10, 28, 21, tzinfo=UTC))


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set(NOW)


async def file(context: Context, filing: Filing) -> tuple[TimeOffRequest, bool]:
    async with context.transaction() as tx:
        return await file_request_in(tx, filing)


def target(centre: Centre, request: TimeOffRequest) -> Target:
    return Target(centre.chicago.id, request.person_id, request.id)


async def test_what_was_asked_is_read_back_equal(centre: Centre) -> None:
    request, created = await submit_request(centre.ada, DRAFT)
    assert created
    assert (request.status, request.paid, request.version) == (Status.PENDING, True, 1)
    assert request.zone == "America/Chicago"
    assert await get_own_request(centre.ada, request.id) == request
    assert await list_own_requests(centre.ada) == [request]
    assert await get_request(centre.boss, centre.chicago.id, request.person_id, request.id) == request


async def test_an_equal_request_is_the_same_until_it_is_denied(centre: Centre) -> None:
    first, _ = await submit_request(centre.ada, DRAFT)
    await centre.tenant.news()
    again, created = await submit_request(centre.ada, replace(DRAFT, notes="other words"))
    assert (again.id, created) == (first.id, False)
    assert await centre.tenant.news(TimeOffNews) == []
    await change_request(centre.boss, target(centre, first), RequestChanges(1, Status.DENIED))
    anew, created = await submit_request(centre.ada, DRAFT)
    assert created
    assert anew.id != first.id


async def test_equal_requests_at_the_same_moment_become_one(centre: Centre) -> None:
    filed = await asyncio.gather(*(submit_request(centre.ada, DRAFT) for _ in range(6)))
    assert len({request.id for request, _ in filed}) == 1
    assert sum(created for _, created in filed) == 1


async def test_the_missions_filing_is_pending_paid_and_found_again_in_any_state(centre: Centre) -> None:
    filing = Filing(person_id(centre.ada), "PAID_TIME_OFF", SPAN)
    request, created = await file(centre.boss, filing)
    assert created
    assert (request.status, request.paid, request.activity_code_id) == (Status.PENDING, True, "5")
    assert [(piece.starts_at, piece.ends_at) for piece in request.pieces] == [(SPAN.start, SPAN.end)]
    await change_request(centre.boss, target(centre, request), RequestChanges(1, Status.DENIED))
    again, created = await file(centre.boss, filing)
    assert (again.id, again.status, created) == (request.id, Status.DENIED, False)


async def test_filing_other_than_pending_needs_the_approver(centre: Centre) -> None:
    planner = centre.tenant.acting_as(await centre.tenant.person("planner"), "wfm:schedule:edit")
    filing = Filing(person_id(centre.ada), "PAID_TIME_OFF", SPAN, status=Status.APPROVED)
    with pytest.raises(PermissionMissing):
        await file(planner, filing)
    request, _ = await file(centre.boss, filing)
    assert (request.status, request.reviewed_by) == (Status.APPROVED, "admin-1")
    with pytest.raises(Invalid) as error:
        await file(centre.boss, replace(filing, status=Status.CANCELED))
    assert error.value.problems[0].field == "timeOffRequests[0].status"


async def test_a_filing_for_nobody_is_refused(centre: Centre) -> None:
    with pytest.raises(Invalid) as error:
        await file(centre.boss, Filing("nobody", "PAID_TIME_OFF", SPAN))
    assert error.value.problems[0].field == "userId"


async def test_a_decision_carries_reviewer_and_counts(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    decided = await change_request(centre.boss, target(centre, request), RequestChanges(1, Status.APPROVED))
    assert (decided.status, decided.reviewed_by, decided.marked_as_read) == (Status.APPROVED, "admin-1", False)
    assert (decided.version, decided.sync_version) == (2, 2)
    assert await get_own_request(centre.ada, request.id) == decided


async def test_a_stale_version_names_the_current_one_and_its_author(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    await change_request(centre.boss, target(centre, request), RequestChanges(1, Status.APPROVED))
    with pytest.raises(StaleVersion) as error:
        await change_request(centre.boss, target(centre, request), RequestChanges(1, Status.DENIED))
    assert error.value.current_version == 2
    assert error.value.params["modifiedBy"] == "admin-1"
    assert error.value.params["dateModified"].startswith("2023-10-20T17:00")


async def test_of_two_approvers_at_once_one_is_stale(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    outcomes = await asyncio.gather(
        change_request(centre.boss, target(centre, request), RequestChanges(1, Status.APPROVED)),
        change_request(centre.boss, target(centre, request), RequestChanges(1, Status.DENIED)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [StaleVersion]


async def test_what_is_so_already_makes_no_version_and_no_news(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    await centre.tenant.news()
    unchanged = await change_request(
        centre.boss, target(centre, request), RequestChanges(1, Status.PENDING, notes="two days", times=WEEKDAYS)
    )
    assert unchanged == request
    assert await centre.tenant.news(TimeOffNews) == []


async def test_nobody_is_approved_off_twice_at_once(centre: Centre) -> None:
    first, _ = await submit_request(centre.ada, DRAFT)
    other = TimesAsked(starts=[datetime(2023, 10, 31, 14, tzinfo=UTC)], minutes=[60])
    second, _ = await submit_request(centre.ada, RequestDraft("5", other))
    await change_request(centre.boss, target(centre, first), RequestChanges(1, Status.APPROVED))
    with pytest.raises(AlreadyOff, match=first.id):
        await change_request(centre.boss, target(centre, second), RequestChanges(1, Status.APPROVED))
    with pytest.raises(AlreadyOff):
        await enter_requests(
            centre.boss,
            centre.chicago.id,
            [person_id(centre.ada)],
            RequestDraft("5", TimesAsked(days=[date(2023, 10, 30)], daily_minutes=60), status=Status.APPROVED),
        )


async def test_two_overlapping_approvals_at_once_are_held_by_the_constraint(centre: Centre) -> None:
    first, _ = await submit_request(centre.ada, DRAFT)
    second, _ = await submit_request(centre.ada, replace(DRAFT, times=replace(WEEKDAYS, daily_minutes=240)))
    outcomes = await asyncio.gather(
        change_request(centre.boss, target(centre, first), RequestChanges(1, Status.APPROVED)),
        change_request(centre.boss, target(centre, second), RequestChanges(1, Status.APPROVED)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1


async def test_the_agent_cancels_until_the_first_day_has_passed(centre: Centre, context: Any) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    context.clock.set("2023-10-31T00:00:00-05:00")
    with pytest.raises(NotAllowedNow) as error:
        await change_own_request(centre.ada, request.id, OwnChanges(cancel=True))
    assert error.value.code == "timeoff.cancel.passed"
    context.clock.set("2023-10-30T23:59:00-05:00")
    canceled = await change_own_request(centre.ada, request.id, OwnChanges(cancel=True))
    assert (canceled.status, canceled.reviewed_by) == (Status.CANCELED, None)
    assert await change_own_request(centre.ada, request.id, OwnChanges(cancel=True)) == canceled
    with pytest.raises(NotAllowedNow):
        await change_request(centre.boss, target(centre, request), RequestChanges(2, Status.APPROVED))


async def test_a_look_does_not_make_an_approvers_version_stale(centre: Centre) -> None:
    entered = await enter_requests(centre.boss, centre.chicago.id, [person_id(centre.ada)], DRAFT)
    request = entered[0][0]
    assert not request.marked_as_read
    seen = await change_own_request(centre.ada, request.id, OwnChanges(marked_as_read=True))
    assert (seen.marked_as_read, seen.version, seen.modified_by) == (True, 1, "admin-1")
    await change_request(centre.boss, target(centre, request), RequestChanges(1, Status.APPROVED))
    with pytest.raises(NotAllowedNow, match="only while a request is pending"):
        await change_own_request(centre.ada, request.id, OwnChanges(notes="too late"))


async def test_each_change_is_news_and_only_approved_time_affects_access(centre: Centre) -> None:
    await centre.tenant.news()
    request, _ = await submit_request(centre.ada, DRAFT)
    await change_request(centre.boss, target(centre, request), RequestChanges(1, Status.DENIED))
    await change_request(centre.boss, target(centre, request), RequestChanges(2, Status.APPROVED))
    await change_own_request(centre.ada, request.id, OwnChanges(cancel=True))
    happened = await centre.tenant.news(TimeOffNews)
    kinds = [TimeOffRequested, TimeOffChanged, ApprovedTimeOffChanged, ApprovedTimeOffChanged]
    assert [type(event) for event in happened] == kinds
    assert [event.EVENT.affects_access for event in happened] == [False, False, True, True]
    assert [event.former_status for event in happened] == [None, "PENDING", "DENIED", "APPROVED"]
    assert happened[-1].request == await get_own_request(centre.ada, request.id)
    await enter_requests(
        centre.boss, centre.chicago.id, [person_id(centre.bob)], replace(DRAFT, status=Status.APPROVED)
    )
    assert [type(event) for event in await centre.tenant.news(TimeOffNews)] == [TimeOffEntered]


async def test_what_was_pending_at_a_past_instant_is_known(centre: Centre, context: Any) -> None:
    request, _ = await file(centre.boss, Filing(person_id(centre.ada), "PAID_TIME_OFF", SPAN))
    context.clock.set("2023-10-27T10:00:00-05:00")
    await change_request(centre.boss, target(centre, request), RequestChanges(1, Status.APPROVED))
    sql = (
        "select status, starts_at, ends_at from timeoff.public_request_timeline "
        "where organization_id = 'org-1' and person_id = %(person)s and valid @> %(at)s::timestamptz"
    )
    spans = (
        "select status, lower(span) as starts_at, upper(span) as ends_at from timeoff.public_request_span_timeline "
        "where organization_id = 'org-1' and person_id = %(person)s and valid @> %(at)s::timestamptz"
    )
    async with context.reader() as reader:
        for at, status in (("2023-10-27T05:45:00-05:00", "PENDING"), ("2023-10-27T10:00:01-05:00", "APPROVED")):
            for statement in (sql, spans):
                rows = await reader.all(statement, {"person": request.person_id, "at": at})
                assert rows == [{"status": status, "starts_at": SPAN.start, "ends_at": SPAN.end}]


async def test_an_approver_moves_the_days_into_the_new_units_zone(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    changes = RequestChanges(1, times=TimesAsked(days=[date(2023, 11, 5)], minutes=[600]))
    moved = await change_request(centre.boss, target(centre, request), changes)
    assert moved.pieces[0].span.length == timedelta(hours=25)
    assert (moved.version, moved.sync_version) == (2, 2)


async def test_days_of_a_unit_are_days_of_its_zone(centre: Centre) -> None:
    request, _ = await submit_request(centre.cleo, DRAFT)
    assert request.pieces[0].starts_at == datetime(2023, 10, 29, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RequestFilter(), 3),
        (RequestFilter(statuses=["PENDING"]), 2),
        (RequestFilter(substatuses=["ManualApproval"]), 2),
        (RequestFilter(first_day=date(2023, 10, 30), last_day=date(2023, 10, 30)), 2),
        (RequestFilter(first_day=date(2023, 11, 1), last_day=date(2023, 12, 31)), 0),
        (RequestFilter(first_day=date(2020, 1, 1), last_day=date(2030, 1, 1)), 3),
        (RequestFilter(person_ids=[]), 0),
        (RequestFilter(ids=["nothing"]), 0),
    ],
)
async def test_a_query_filters_by_anything_over_any_range(centre: Centre, wanted: RequestFilter, found: int) -> None:
    await submit_request(centre.ada, DRAFT)
    await submit_request(centre.bob, DRAFT)
    await submit_request(centre.cleo, DRAFT)
    first, _ = await file(centre.boss, Filing(person_id(centre.ada), "PAID_TIME_OFF", SPAN))
    await change_request(centre.boss, target(centre, first), RequestChanges(1, Status.DENIED))
    requests, total = await query_requests(centre.boss, centre.chicago.id, wanted, Page(100, 1))
    assert (len(requests), total) == (found, found)


async def test_pages_partition_a_query(centre: Centre) -> None:
    for day in range(1, 8):
        await submit_request(centre.ada, RequestDraft("5", TimesAsked(days=[date(2023, 12, day)], daily_minutes=60)))
    pages = [
        await query_requests(centre.boss, centre.chicago.id, RequestFilter(), Page(3, number))
        for number in (1, 2, 3, 4)
    ]
    assert [(len(requests), total) for requests, total in pages] == [(3, 7), (3, 7), (1, 7), (0, 7)]
    days = [request.pieces[0].day for requests, _ in pages for request in requests]
    assert days == [date(2023, 12, day) for day in range(1, 8)]


async def test_an_approver_needs_the_units_division(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    stranger = centre.tenant.acting_as(
        await centre.tenant.person("far"), "wfm:timeOffRequest:edit", "wfm:timeOffRequest:view", division_id="elsewhere"
    )
    with pytest.raises(PermissionMissing):
        await change_request(stranger, target(centre, request), RequestChanges(1, Status.APPROVED))
    with pytest.raises(PermissionMissing):
        await query_requests(stranger, centre.chicago.id, RequestFilter(), Page())


async def test_another_tenants_ids_are_not_there(centre: Centre, other_centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    for attempt in (
        get_own_request(other_centre.ada, request.id),
        get_request(other_centre.boss, centre.chicago.id, request.person_id, request.id),
        get_request(other_centre.boss, other_centre.chicago.id, request.person_id, request.id),
        change_own_request(other_centre.ada, request.id, OwnChanges(cancel=True)),
        change_request(other_centre.boss, target(other_centre, request), RequestChanges(1, Status.APPROVED)),
        get_own_request(centre.bob, request.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Invalid):
        await file(other_centre.boss, Filing(person_id(centre.ada), "PAID_TIME_OFF", SPAN))
    async with other_centre.boss.reader() as reader:
        rows = await reader.all("select organization_id, status from timeoff.request", {})
    assert rows == [{"organization_id": "org-1", "status": "PENDING"}]


@pytest.fixture
async def api(context: Any) -> AsyncIterator[Api]:
    async with serve(context.database, context.clock, ROUTES) as served:
        yield served


OWN = "/api/v2/workforcemanagement/timeoffrequests"
ASKED = {"activityCodeId": "5", "fullDayManagementUnitDates": ["2023-10-31", "2023-10-30"], "dailyDurationMinutes": 480}


def tokens(tenant: Tenant, centre: Centre) -> tuple[str, str]:
    return tenant.tokens[person_id(centre.ada)], tenant.tokens["admin-1"]


async def test_the_wire_echoes_normalised_arrays(api: Api, tenant: Tenant, centre: Centre) -> None:
    agent, boss = tokens(tenant, centre)
    answer = await api.call("POST", OWN, agent, ASKED)
    assert answer.status_code == 201
    body = answer.json()
    assert body["fullDayManagementUnitDates"] == ["2023-10-30", "2023-10-31"]
    assert body["durationMinutes"] == body["payableMinutes"] == [480, 480]
    assert body["dailyDurationMinutes"] == 480
    assert body["isFullDayRequest"] is True
    assert body["metadata"]["version"] == 1
    assert body["submittedDate"] == "2023-10-20T17:00:00Z"
    again = await api.call("POST", OWN, agent, ASKED)
    assert (again.status_code, again.json()["id"]) == (200, body["id"])

    path = f"/api/v2/workforcemanagement/managementunits/{centre.chicago.id}"
    one = f"{path}/users/{body['user']['id']}/timeoffrequests/{body['id']}"
    patch = {"status": "APPROVED", "metadata": {"version": 1}}
    assert (await api.call("PATCH", one, boss, patch)).json()["status"] == "APPROVED"
    stale = await api.call("PATCH", one, boss, {"status": "DENIED", "metadata": {"version": 1}})
    assert stale.status_code == 409
    assert stale.json()["messageParams"]["currentVersion"] == "2"
    listing = await api.call("POST", f"{path}/timeoffrequests/query", boss, {"statuses": ["APPROVED"]})
    assert [entity["id"] for entity in listing.json()["entities"]] == [body["id"]]
    assert (await api.call("GET", one, boss)).json() == listing.json()["entities"][0]
    mine = await api.call("GET", OWN, agent)
    assert [each["id"] for each in mine.json()["timeOffRequests"]] == [body["id"]]
    canceled = await api.call("PATCH", f"{OWN}/{body['id']}", agent, {"status": "CANCELED"})
    assert (canceled.status_code, canceled.json()["status"]) == (200, "CANCELED")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"activityCodeId": None}, "activityCodeId"),
        ({"activityCodeId": "0"}, "activityCodeId"),
        ({"fullDayManagementUnitDates": ["2023-02-30"]}, "fullDayManagementUnitDates"),
        ({"fullDayManagementUnitDates": []}, "fullDayManagementUnitDates"),
        ({"dailyDurationMinutes": "long"}, "dailyDurationMinutes"),
        ({"dailyDurationMinutes": 2000}, "durationMinutes[0]"),
        ({"payableMinutes": [1, 2, 3]}, "payableMinutes"),
        ({"durationMinutes": [240, 240], "payableMinutes": [240, 241]}, "payableMinutes[1]"),
        ({"durationMinutes": [240]}, "durationMinutes"),
        (
            {"fullDayManagementUnitDates": [str(date(2024, 1, 1) + timedelta(days=n)) for n in range(10_000)]},
            "fullDayManagementUnitDates",
        ),
        ({"partialDayStartDateTimes": ["2023-10-28T08:00:00"]}, "partialDayStartDateTimes"),
        ({"notes": "x" * 4001}, "notes"),
    ],
)
async def test_bad_input_is_named_and_nothing_is_stored(
    api: Api, tenant: Tenant, centre: Centre, change: dict[str, Any], named: str
) -> None:
    agent, _ = tokens(tenant, centre)
    answer = await api.call("POST", OWN, agent, {**ASKED, **change})
    assert answer.status_code == 400
    assert named in answer.json()["message"]
    assert await list_own_requests(centre.ada) == []


async def test_durations_that_contradict_each_other_are_normalised_and_echoed(
    api: Api, tenant: Tenant, centre: Centre
) -> None:
    agent, _ = tokens(tenant, centre)
    answer = await api.call("POST", OWN, agent, {**ASKED, "durationMinutes": [240, 300], "dailyDurationMinutes": 480})
    body = answer.json()
    # The dates came in the other order: each keeps its own minutes.
    assert (body["fullDayManagementUnitDates"][0], body["durationMinutes"]) == ("2023-10-30", [300, 240])
    assert body["payableMinutes"] == [300, 240]
    assert "dailyDurationMinutes" not in body
    assert answer.status_code == 201


async def test_an_approver_enters_for_several_or_for_none(api: Api, tenant: Tenant, centre: Centre) -> None:
    _, boss = tokens(tenant, centre)
    path = f"/api/v2/workforcemanagement/managementunits/{centre.chicago.id}/timeoffrequests"
    users = [{"id": person_id(centre.ada)}, {"id": person_id(centre.cleo)}]
    refused = await api.call("POST", path, boss, {**ASKED, "users": users})
    assert refused.status_code == 400
    assert "users[1].id" in refused.json()["message"]
    assert await list_own_requests(centre.ada) == []
    users[1] = {"id": person_id(centre.bob)}
    entered = await api.call("POST", path, boss, {**ASKED, "users": users, "status": "APPROVED", "paid": False})
    assert entered.status_code == 201
    assert [each["paid"] for each in entered.json()["timeOffRequests"]] == [False, False]


async def test_a_request_follows_its_agent_to_another_unit(centre: Centre) -> None:
    request, _ = await submit_request(centre.ada, DRAFT)
    async with centre.boss.transaction() as tx:
        await move_agents_in(tx, [request.person_id], centre.berlin.id)
    with pytest.raises(NotFound):
        await change_request(centre.boss, target(centre, request), RequestChanges(1, Status.APPROVED))
    moved = replace(target(centre, request), management_unit_id=centre.berlin.id)
    approved = await change_request(centre.boss, moved, RequestChanges(1, Status.APPROVED))
    assert approved.pieces == request.pieces  # decided as asked: in the zone in which it was asked
    assert await get_request(centre.boss, centre.berlin.id, request.person_id, request.id) == approved
    _, in_chicago = await query_requests(centre.boss, centre.chicago.id, RequestFilter(), Page())
    assert in_chicago == 0


async def test_random_lives_end_where_their_events_end(centre: Centre) -> None:
    """Old state + events = new state, over every path that the rules allow."""
    chance = random.Random(7)
    for day in range(1, 9):
        draft = RequestDraft("5", TimesAsked(days=[date(2023, 12, day)], daily_minutes=480))
        request, _ = await submit_request(centre.ada, draft)
        for _ in range(8):
            with contextlib.suppress(Conflict):
                if chance.random() < 0.2:
                    request = await change_own_request(
                        centre.ada, request.id, OwnChanges(notes=str(chance.random()), cancel=chance.random() < 0.3)
                    )
                else:
                    status = chance.choice([Status.PENDING, Status.APPROVED, Status.DENIED])
                    changes = RequestChanges(request.version, status, paid=chance.choice([None, True, False]))
                    request = await change_request(centre.boss, target(centre, request), changes)
    latest = {event.request_id: event.request for event in await centre.tenant.news(TimeOffNews)}
    stored = await list_own_requests(centre.ada)
    assert {request.id: request for request in stored} == latest
    assert len({request.status for request in stored}) > 1
