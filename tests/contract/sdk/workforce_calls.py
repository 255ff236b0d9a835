"""CORE operations of workforce management."""

from datetime import datetime, timedelta
from typing import Any

from contract.sdk.calls import Call, Given, given
from contract.sdk.centre import Centre, made

WEEK = "WorkforcemanagementBusinessunitWeekSchedule"
UNIT = "WorkforcemanagementManagementunit"
TRADING = "WorkforcemanagementShifttrading"


def _new_unit_body(centre: Centre) -> Any:
    settings = made("CreateBusinessUnitSettingsRequest", start_day_of_week="Sunday", time_zone="Australia/Lord_Howe")
    return made("CreateBusinessUnitRequest", name=centre.fresh("Site"), settings=settings)


def _new_team_body(centre: Centre) -> Any:
    return made("CreateManagementUnitApiRequest", name=centre.fresh("Team"), business_unit_id=centre.business_unit)


def _move(centre: Centre) -> Given:
    person = centre.new_user().id
    wanted = {"user_ids": [person], "destination_management_unit_id": centre.management_unit}
    return given(made("MoveAgentsRequest", **wanted))


UNITS = (
    Call(
        "postWorkforcemanagementAgents", _move, lambda a, _: [each.result for each in a.results] == ["MoveSuccessful"]
    ),
    Call(
        "getWorkforcemanagementAgentsMeManagementunit",
        lambda _: given(),
        lambda a, c: (a.management_unit.id, a.business_unit.id) == (c.management_unit, c.business_unit),
        by=0,
    ),
    Call(
        "getWorkforcemanagementAgentManagementunit",
        lambda c: given(c.agent_id(1)),
        lambda a, c: (a.user.id, a.management_unit.id) == (c.agent_id(1), c.management_unit),
    ),
    Call(
        f"get{UNIT}Users",
        lambda c: given(c.management_unit),
        lambda a, c: {c.agent_id(0), c.agent_id(29)} <= {user.id for user in a.entities},
    ),
    Call(
        "getWorkforcemanagementBusinessunits",
        lambda _: given(),
        lambda a, _: {"Chicago", "Dublin"} <= {unit.name for unit in a.entities},
    ),
    Call(
        "postWorkforcemanagementBusinessunits",
        lambda c: given(body=_new_unit_body(c)),
        lambda a, _: a.settings.time_zone == "Australia/Lord_Howe" and a.settings.metadata.version == 1,
    ),
    Call(
        "getWorkforcemanagementBusinessunit",
        lambda c: given(c.business_unit, expand=["settings"]),
        lambda a, _: (a.settings.time_zone, a.settings.start_day_of_week) == ("America/Chicago", "Monday"),
    ),
    Call(
        "getWorkforcemanagementManagementunits",
        lambda _: given(),
        lambda a, c: c.management_unit in [unit.id for unit in a.entities],
    ),
    Call(
        "postWorkforcemanagementManagementunits",
        lambda c: given(body=_new_team_body(c)),
        lambda a, c: a.business_unit.id == c.business_unit,
    ),
    Call(
        "getWorkforcemanagementBusinessunitActivitycodes",
        lambda c: given(c.business_unit),
        lambda a, _: {"OnQueueWork", "TimeOff"} <= {code.category for code in a.entities},
        by=0,
    ),
    Call(
        "postWorkforcemanagementBusinessunitActivitycodes",
        lambda c: given(
            c.business_unit,
            body=made("CreateActivityCodeRequest", name=c.fresh("Huddle"), category="Meeting", length_in_minutes=15),
        ),
        lambda a, _: a.id and a.category == "Meeting",
    ),
)


def _span(centre: Centre, days: int = 14) -> dict[str, datetime]:
    now = centre.now()
    return {"start_date": now - timedelta(days=days), "end_date": now + timedelta(days=days)}


def _current(centre: Centre) -> tuple[str, Any, str]:
    return centre.business_unit, centre.week, centre.schedule


def _import(centre: Centre) -> Given:
    week = centre.far_week()
    key = centre.uploaded(centre.content(week, 7), "sImport", centre.business_unit, week)
    return given(centre.business_unit, week, made("WfmProcessUploadRequest", upload_key=key))


def _update(centre: Centre) -> Given:
    unit, week, schedule = centre.new_schedule()
    change = {**centre.content(week, 8), "metadata": {"version": 1}}
    key = centre.uploaded(change, "Update", unit, week, schedule)
    return given(unit, week, schedule, made("ProcessScheduleUpdateUploadRequest", upload_key=key))


def _copy(centre: Centre) -> Given:
    wanted = made("BuCopyScheduleRequest", week_date=centre.far_week(), description="A copy", include_forecast=False)
    return given(*_current(centre), wanted)


SCHEDULES = (
    Call(
        f"get{WEEK}s",
        lambda c: given(c.business_unit, "recent"),
        lambda a, c: c.schedule in [schedule.id for schedule in a.entities if schedule.published],
    ),
    Call(
        f"post{WEEK}s",
        lambda c: given(
            c.business_unit, c.far_week(), made("BuCreateBlankScheduleRequest", description="Blank", week_count=1)
        ),
        lambda a, _: (a.description, a.published, a.week_count) == ("Blank", False, 1),
    ),
    Call(
        f"post{WEEK}sImportUploadurl",
        lambda c: given(c.business_unit, c.far_week(), made("UploadUrlRequestBody", content_length_bytes=400)),
        lambda a, _: a.url.startswith("https://") and a.upload_key and a.headers,
    ),
    Call(f"post{WEEK}sImport", _import, lambda a, _: (a.status, a.result.week_count) == ("Complete", 1)),
    Call(f"delete{WEEK}", lambda c: given(*c.new_schedule()), lambda a, _: a.status == "Complete"),
    Call(
        f"get{WEEK}",
        lambda c: given(*_current(c)),
        lambda a, _: a.published and sum(unit.agent_count for unit in a.management_units) >= 30,
    ),
    Call(
        f"post{WEEK}AgentschedulesQuery",
        lambda c: given(*_current(c), made("BuQueryAgentSchedulesRequest", user_ids=[c.agent_id()])),
        lambda a, c: [each.user.id for each in a.result.agent_schedules] == [c.agent_id()],
    ),
    Call(f"post{WEEK}Copy", _copy, lambda a, c: (a.status, a.result.published) == ("Complete", False)),
    Call(
        f"get{WEEK}HistoryAgent",
        lambda c: given(*_current(c), c.agent_id()),
        lambda a, _: a.base_published_schedule or a.prior_published_schedules,
    ),
    Call(
        f"post{WEEK}UpdateUploadurl",
        lambda c: given(*c.new_schedule(), made("UploadUrlRequestBody", content_length_bytes=400)),
        lambda a, _: a.url.startswith("https://") and a.upload_key,
    ),
    Call(f"post{WEEK}Update", _update, lambda a, _: (a.status, a.result.metadata.version) == ("Complete", 2)),
    Call(
        "postWorkforcemanagementAgentschedulesMine",
        lambda c: given(made("BuGetCurrentAgentScheduleRequest", **_span(c))),
        lambda a, c: {each.user.id for each in a.agent_schedules} == {c.agent_id()},
        by=0,
    ),
    Call(
        "postWorkforcemanagementBusinessunitAgentschedulesSearch",
        lambda c: given(c.business_unit, made("BuSearchAgentSchedulesRequest", user_ids=[c.agent_id(1)], **_span(c))),
        lambda a, c: {each.user.id for each in a.result.agent_schedules} == {c.agent_id(1)},
    ),
)


def _admin_request(centre: Centre, agent: int) -> Any:
    body = made("CreateAdminTimeOffRequest", **centre.next_day_off())
    body.users, body.status = [made("UserReference", id=centre.agent_id(agent))], "APPROVED"
    return body


def _review(centre: Centre) -> Given:
    request = centre.new_time_off()
    metadata = made("WfmVersionedEntityMetadata", version=request.metadata.version)
    patch = made("AdminTimeOffRequestPatch", status="APPROVED", metadata=metadata)
    return given(centre.management_unit, centre.agent_id(), request.id, body=patch)


def _own_patch(centre: Centre) -> Given:
    return given(centre.new_time_off().id, body=made("AgentTimeOffRequestPatch", status="CANCELED"))


TIME_OFF = (
    Call(
        f"post{UNIT}Timeoffrequests",
        lambda c: given(c.management_unit, body=_admin_request(c, 9)),
        lambda a, _: [each.status for each in a.time_off_requests] == ["APPROVED"],
    ),
    Call(
        f"post{UNIT}TimeoffrequestsQuery",
        lambda c: given(c.management_unit, body=made("TimeOffRequestQueryBody", statuses=["PENDING"])),
        lambda a, _: {each.status for each in a.entities} == {"PENDING"},
    ),
    Call(
        f"get{UNIT}UserTimeoffrequest",
        lambda c: given(c.management_unit, c.agent_id(), c.new_time_off().id),
        lambda a, c: (a.user.id, a.status) == (c.agent_id(), "PENDING"),
    ),
    Call(f"patch{UNIT}UserTimeoffrequest", _review, lambda a, _: (a.status, a.metadata.version) == ("APPROVED", 2)),
    Call(
        "getWorkforcemanagementTimeoffrequests",
        lambda c: (c.new_time_off(), given())[1],
        lambda a, c: {each.user.id for each in a.time_off_requests} == {c.agent_id()},
        by=0,
    ),
    Call(
        "postWorkforcemanagementTimeoffrequests",
        lambda c: given(body=made("CreateAgentTimeOffRequest", **c.next_day_off())),
        lambda a, _: (a.status, a.is_full_day_request) == ("PENDING", True),
        by=0,
    ),
    Call("patchWorkforcemanagementTimeoffrequest", _own_patch, lambda a, _: a.status == "CANCELED", by=0),
)


def _hour(centre: Centre) -> Any:
    """The same hour whenever it is asked: a repeat is then the same wish, and not another that overlaps it."""
    start = centre.now().replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(days=8)
    return made("WfmTimeSpan", start_date=start, length_minutes=60)


def _wish(centre: Centre) -> Any:
    wish = made("AgentSchedulingPreference", time_span=_hour(centre), preference_level="StronglyPrefer")
    return made("UpdateAgentSchedulingPreferencesRequest", preferences_to_add=[wish])


def _away(centre: Centre) -> Any:
    entry = made("UpdateUnavailableTime", time_span=_hour(centre), notes="dentist")
    return made("UpdateUnavailableTimesRequest", entities=[entry])


def _asked(centre: Centre, stated: tuple[str, Any], kind: str, who: int) -> Given:
    centre.call(stated[0], body=stated[1], who=who)
    return given(body=made(kind, **_span(centre, 20)))


PREFERENCES = (
    Call(
        "patchWorkforcemanagementSchedulingpreferences",
        lambda c: given(body=_wish(c)),
        lambda a, _: [each.preference_level for each in a.entities] == ["StronglyPrefer"],
        by=10,
    ),
    Call(
        "postWorkforcemanagementSchedulingpreferencesQuery",
        lambda c: _asked(
            c,
            ("patchWorkforcemanagementSchedulingpreferences", _wish(c)),
            "QueryAgentSchedulingPreferencesRequest",
            11,
        ),
        lambda a, _: len(a.entities) == 1,
        by=11,
    ),
    Call(
        "patchWorkforcemanagementUnavailabletimes",
        lambda c: given(body=_away(c)),
        lambda a, _: [each.notes for each in a.entities] == ["dentist"],
        by=10,
    ),
    Call(
        "postWorkforcemanagementUnavailabletimesQuery",
        lambda c: _asked(
            c, ("patchWorkforcemanagementUnavailabletimes", _away(c)), "QueryAgentUnavailableTimesRequest", 11
        ),
        lambda a, _: len(a.entities) == 1,
        by=11,
    ),
)


def _mine(centre: Centre) -> Any:
    return made("QueryAgentShiftTradeListJobRequest", week_dates=centre.weeks_ahead())


def _search(centre: Centre) -> Any:
    units = [centre.management_unit]
    return made("SearchUnmatchedShiftTradeListJobRequest", week_dates=centre.weeks_ahead(), management_unit_ids=units)


def _cancel(centre: Centre) -> Given:
    trade = centre.new_trade()
    metadata = made("WfmVersionedEntityMetadata", version=trade.metadata.version)
    week = trade.initiating.shift.week_date
    return given(trade.id, made("UpdateShiftTradeStateJobRequest", state="Canceled", week_date=week, metadata=metadata))


def _later(centre: Centre, operation: str, asked: Given, who: int) -> Any:
    """The job of a request that is answered later."""
    return centre.call(operation, *asked[0], who=who, force_async=True, **asked[1])


def _cancel_later(centre: Centre) -> Given:
    asked = _cancel(centre)
    job = _later(centre, f"post{TRADING}TradeStateJobs", asked, centre.trader)
    return given(asked[0][0], job.id)


TRADER, TAKER = Centre.trader, Centre.taker
UNMATCHED = "WorkforcemanagementBusinessunitShifttradingUnmatchedSearchJob"
BULK = "WorkforcemanagementBusinessunitShifttradingTradesStateBulkJob"

TRADES = (
    Call(
        f"post{TRADING}TradesJobs",
        lambda c: given(c.next_offer()),
        lambda a, _: (a.status, a.add_trade_result.state) == ("Complete", "Unmatched"),
        by=TRADER,
    ),
    Call(
        f"get{TRADING}TradesJob",
        lambda c: given(_later(c, f"post{TRADING}TradesJobs", given(c.next_offer()), TRADER).id),
        lambda a, _: a.add_trade_result.state == "Unmatched",
        by=TRADER,
    ),
    Call(
        f"post{TRADING}TradesMineQueryJobs",
        lambda c: (c.new_trade(), given(_mine(c)))[1],
        lambda a, _: a.query_agent_trades_result.entities,
        by=TRADER,
    ),
    Call(
        f"get{TRADING}TradesMineQueryJob",
        lambda c: (c.new_trade(), given(_later(c, f"post{TRADING}TradesMineQueryJobs", given(_mine(c)), TRADER).id))[1],
        lambda a, _: a.query_agent_trades_result.entities,
        by=TRADER,
    ),
    Call(
        f"post{UNMATCHED}s",
        lambda c: (c.new_opening(), given(c.business_unit, _search(c)))[1],
        lambda a, _: a.search_unmatched_trades_result.trades,
        by=TAKER,
    ),
    Call(
        f"get{UNMATCHED}",
        lambda c: (
            c.new_opening(),
            given(c.business_unit, _later(c, f"post{UNMATCHED}s", given(c.business_unit, _search(c)), TAKER).id),
        )[1],
        lambda a, _: a.search_unmatched_trades_result.trades,
        by=TAKER,
    ),
    Call(
        f"post{TRADING}TradeStateJobs",
        _cancel,
        lambda a, _: a.update_trade_state_result.state == "Canceled",
        by=TRADER,
    ),
    Call(
        f"get{TRADING}TradeStateJob",
        _cancel_later,
        lambda a, _: a.update_trade_state_result.state == "Canceled",
        by=TRADER,
    ),
    Call(
        f"post{TRADING}TradeMatchJobs",
        lambda c: given(c.opening.id, c.taking()),
        lambda a, c: a.match_trade_result.trade.receiving.user.id == c.agent_id(TAKER),
        by=TAKER,
    ),
    Call(
        f"get{TRADING}TradeMatchJob",
        lambda c: given(
            c.opening.id, _later(c, f"post{TRADING}TradeMatchJobs", given(c.opening.id, c.taking()), TAKER).id
        ),
        lambda a, _: a.match_trade_result.trade.state in ("Matched", "Approved"),
        by=TAKER,
    ),
    Call(
        f"post{BULK}s",
        lambda c: given(c.business_unit, c.approval()),
        lambda a, _: [each.state for each in a.bulk_update_trade_states_result.entities] == ["Approved"],
    ),
    Call(
        f"get{BULK}",
        lambda c: given(
            c.business_unit,
            c.call(f"post{BULK}s", c.business_unit, c.approval(), force_async=True).id,
        ),
        lambda a, _: [each.state for each in a.bulk_update_trade_states_result.entities] == ["Approved"],
    ),
)


def _told(centre: Centre, agent: int) -> Any:
    """An agent's first notification: an approver filed for them."""
    centre.call(f"post{UNIT}Timeoffrequests", centre.management_unit, body=_admin_request(centre, agent))
    return centre.news(agent)[0]


def _marked(centre: Centre, agent: int) -> Given:
    notification = _told(centre, agent)
    notification.marked_as_read = True
    return given(body=made("UpdateNotificationsRequest", entities=[notification]))


WFM_NOTIFICATIONS = (
    Call(
        "getWorkforcemanagementNotifications",
        lambda c: (_told(c, 12), given())[1],
        lambda a, _: [each.time_off_request.status for each in a.entities] == ["APPROVED"],
        by=12,
    ),
    Call(
        "postWorkforcemanagementNotificationsUpdate",
        lambda c: _marked(c, 13),
        lambda a, _: len(a.entities) == 1,
        by=13,
    ),
)

ADHERENCE = (
    Call(
        f"get{UNIT}Adherence",
        lambda c: given(c.management_unit),
        lambda a, c: (
            {c.agent_id(0), c.agent_id(29)} <= {each.user.id for each in a.entities}
            and all(each.adherence_state and each.time_of_adherence_change for each in a.entities)
        ),
    ),
)
