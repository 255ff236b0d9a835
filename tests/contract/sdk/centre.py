"""The sample contact centre as the vendor's SDK sees it: clients, what is there already, and makers of new things."""

import gzip
import json
import re
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import count
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest

sdk: Any = Vendor
Sdk = Any

# Tests of the shared demo run in one worker.
GROUP = pytest.mark.xdist_group("contract-demo")


def snake(operation_id: str) -> str:
    """The vendor's method of an operation: ``getUsersMe`` is ``get_users_me``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation_id).lower()


@cache
def api_class(method: str) -> type[Any]:
    """The SDK's class that has a method."""
    return next(
        found
        for name in sorted(dir(sdk))
        if name.endswith("Api") and isinstance(found := getattr(sdk, name), type) and hasattr(found, method)
    )


def made(kind: str, **fields: Any) -> Any:
    """One of the SDK's models with these fields."""
    model = getattr(sdk, kind)()
    for name, value in fields.items():
        setattr(model, name, value)
    return model


def until(found: Callable[[], Any], seconds: float = 20) -> Any:
    """What is found once there is something."""
    ends = time.monotonic() + seconds
    while not (something := found()) and time.monotonic() < ends:
        time.sleep(0.2)
    return something


def minutes(shift: Any) -> timedelta:
    """How long a shift of the SDK is."""
    return timedelta(minutes=shift.length_minutes)


class Centre:
    """A running demo; ``who`` is ``admin``, or the number of an agent."""

    def __init__(self, ready: dict[str, Any], clock: Callable[[], datetime]) -> None:
        self.ready = ready
        self.now = clock
        self.agents: list[dict[str, Any]] = ready["agents"]
        self._numbers = count(1)
        self._clients: dict[str, Sdk] = {}

    def client(self, token: str) -> Sdk:
        """The SDK's client for a token."""
        # The SDK keeps one configuration for the process; other tests may have pointed it elsewhere.
        sdk.configuration.host = f"https://{self.ready['environment']}"
        if sdk.configuration.ssl_ca_cert != self.ready["caCertificate"]:
            sdk.configuration.ssl_ca_cert, sdk.configuration.ssl_context = self.ready["caCertificate"], None
        if token not in self._clients:
            self._clients[token] = sdk.api_client.ApiClient()
            self._clients[token].access_token = token
        return self._clients[token]

    def token_of(self, who: str | int) -> str:
        """Somebody's access token."""
        return self.ready["admin"]["accessToken"] if who == "admin" else self.agents[int(who)]["accessToken"]

    def call(self, operation_id: str, *arguments: Any, who: str | int = "admin", **more: Any) -> Any:
        """One call by the vendor's method of an operation."""
        method = snake(operation_id)
        api = api_class(method)(self.client(self.token_of(who)))
        return getattr(api, method)(*arguments, **more)

    def fresh(self, name: str) -> str:
        """A name that nothing has yet."""
        return f"{name} {next(self._numbers)}"

    def fetched(self, url: str) -> bytes:
        """What is at an address of the API, without a token; on the bare host, which every resolver knows."""
        bare = url.replace("https://api.", "https://", 1)
        with urllib.request.urlopen(bare, context=sdk.configuration.ssl_context) as answer:
            return answer.read()

    def agent_id(self, number: int = 0) -> str:
        return self.agents[number]["userId"]

    @cached_property
    def home(self) -> str:
        """The home division."""
        return self.call("getAuthorizationDivisionsHome").id

    @cached_property
    def business_unit(self) -> str:
        """The Chicago site."""
        units = self.call("getWorkforcemanagementBusinessunits").entities
        return next(unit.id for unit in units if unit.name == "Chicago")

    @cached_property
    def management_unit(self) -> str:
        """The team in Chicago."""
        return self.call("getWorkforcemanagementAgentManagementunit", self.agent_id()).management_unit.id

    @cached_property
    def week(self) -> date:
        """The week of the schedule of now."""
        listed = self.call("getWorkforcemanagementBusinessunitWeekSchedules", self.business_unit, "recent").entities
        return next(each.week_date for each in listed if each.id == self.schedule)

    schedule = "sch-987654321"

    @cached_property
    def presences(self) -> dict[str, str]:
        """The id of a presence by its system presence."""
        definitions = self.call("getPresenceDefinitions").entities
        return {each.system_presence: each.id for each in definitions if each.type == "System"}

    def new_user(self) -> Any:
        name = self.fresh("Newcomer")
        email = f"{name.replace(' ', '.').lower()}@northwind.example"
        return self.call("postUsers", made("CreateUser", name=name, email=email, password="A-long-passw0rd-for-tests"))

    def new_role(self, *permissions: str) -> Any:
        draft = made("DomainOrganizationRoleCreate", name=self.fresh("Role"), permissions=list(permissions))
        return self.call("postAuthorizationRoles", draft)

    def station_of(self, person_id: str) -> str:
        return self.call("getStations", web_rtc_user_id=person_id).entities[0].id

    def new_station(self) -> tuple[str, str]:
        """A new person's station: (person id, station id)."""
        person = self.new_user()
        base = self.call("getTelephonyProvidersEdgesPhonebasesettings").entities[0]
        phone = self.call("getTelephonyProvidersEdgesPhonesTemplate", base.id)
        phone.name, phone.web_rtc_user = self.fresh("Phone"), {"id": person.id}
        self.call("postTelephonyProvidersEdgesPhones", phone)
        return person.id, self.station_of(person.id)

    def far_week(self) -> date:
        """A week that nothing else uses."""
        return self.week + timedelta(weeks=20 + next(self._numbers))

    def new_schedule(self) -> tuple[str, date, str]:
        """A draft: (business unit, week, schedule)."""
        week = self.far_week()
        draft = made("BuCreateBlankScheduleRequest", description="A draft", week_count=1)
        schedule = self.call("postWorkforcemanagementBusinessunitWeekSchedules", self.business_unit, week, draft)
        return self.business_unit, week, schedule.id

    def uploaded(self, content: dict[str, Any], kind: str, *place: Any) -> str:
        """Put a file where the vendor's three steps say; its upload key."""
        packed = gzip.compress(json.dumps(content).encode())
        wanted = made("UploadUrlRequestBody", content_length_bytes=len(packed))
        opened = self.call(f"postWorkforcemanagementBusinessunitWeekSchedule{kind}Uploadurl", *place, wanted)
        request = urllib.request.Request(opened.url, data=packed, headers=opened.headers, method="PUT")
        with urllib.request.urlopen(request, context=sdk.configuration.ssl_context) as answer:
            assert answer.status in (200, 204)
        return opened.upload_key

    def content(self, week: date, agent: int) -> dict[str, Any]:
        """A file with one shift of an agent."""
        start = datetime(week.year, week.month, week.day, 15, tzinfo=UTC).isoformat()
        shift = {"startDate": start, "lengthMinutes": 480, "activities": []}
        shifts = {"userId": self.agent_id(agent), "shifts": [shift]}
        return {"description": "Uploaded", "weekCount": 1, "published": False, "agentSchedules": [shifts]}

    def upcoming_shifts(self, agent: int) -> list[Any]:
        """An agent's own published shifts of the coming weeks."""
        now = self.now()
        span = made(
            "BuGetCurrentAgentScheduleRequest", start_date=now + timedelta(days=2), end_date=now + timedelta(days=27)
        )
        answer = self.call("postWorkforcemanagementAgentschedulesMine", span, who=agent)
        return [shift for each in answer.agent_schedules for shift in each.shifts]

    @cached_property
    def _to_offer(self) -> list[Any]:
        return self.upcoming_shifts(self.trader)

    trader, taker = 5, 6

    def offer_of(self, shift: Any) -> Any:
        item = made("InitiatingShiftRequestItem", id=shift.id, week_date=shift.schedule.week_date)
        item.schedule = made("BuScheduleReference", id=shift.schedule.id)
        expires = shift.start_date - timedelta(hours=12)
        return made("AddShiftTradeJobRequest", initiating_shift=item, expiration_date=expires, acceptable_intervals=[])

    def next_offer(self) -> Any:
        """An offer of a shift that is not offered at present."""
        return self.offer_of(self._next_shift(lambda _: True))

    def _next_shift(self, fits: Callable[[Any], bool]) -> Any:
        for refill in (list[Any], self._taken_back):
            self._to_offer.extend(refill())
            for shift in self._to_offer:
                if fits(shift):
                    self._to_offer.remove(shift)
                    return shift
        raise AssertionError("the trader works no such shift")

    def _taken_back(self) -> list[Any]:
        """The shifts of the trader's offers that nobody took, which are withdrawn for that."""
        mine = made("QueryAgentShiftTradeListJobRequest", week_dates=self.weeks_ahead())
        listed = self.call("postWorkforcemanagementShifttradingTradesMineQueryJobs", mine, who=self.trader)
        kept = self.__dict__.get("opening")
        open_ones = [each for each in listed.query_agent_trades_result.entities if each.state == "Unmatched"]
        idle = [each for each in open_ones if kept is None or each.id != kept.id]
        for each in idle:
            version = made("WfmVersionedEntityMetadata", version=each.metadata.version)
            week = each.initiating.shift.week_date
            body = made("UpdateShiftTradeStateJobRequest", state="Canceled", week_date=week, metadata=version)
            self.call("postWorkforcemanagementShifttradingTradeStateJobs", each.id, body, who=self.trader)
        offered = {each.initiating.shift.id for each in idle}
        return [shift for shift in self.upcoming_shifts(self.trader) if shift.id in offered]

    def new_trade(self) -> Any:
        return self._offered(self.next_offer())

    def new_opening(self) -> Any:
        """An offer of a shift that the taker could work, since they work no other then."""
        busy = [(shift.start_date, shift.start_date + minutes(shift)) for shift in self.upcoming_shifts(self.taker)]

        def fits(shift: Any) -> bool:
            start, end = shift.start_date, shift.start_date + minutes(shift)
            return all(end <= begins or ends <= start for begins, ends in busy)

        return self._offered(self.offer_of(self._next_shift(fits)))

    @cached_property
    def opening(self) -> Any:
        """One offer that the taker takes, however often."""
        return self.new_opening()

    def taking(self) -> Any:
        """The taker takes that offer, as it was made."""
        version = made("WfmVersionedEntityMetadata", version=self.opening.metadata.version)
        return made("MatchShiftTradeJobRequest", week_date=self.opening.initiating.shift.week_date, metadata=version)

    def approval(self) -> Any:
        """The approval of that trade once it is taken."""
        self.call("postWorkforcemanagementShifttradingTradeMatchJobs", self.opening.id, self.taking(), who=self.taker)
        version = made("WfmVersionedEntityMetadata", version=self.opening.metadata.version + 1)
        wish = made("BulkUpdateShiftTradeStateRequestItem", id=self.opening.id, state="Approved", metadata=version)
        return made("BulkUpdateShiftTradeListJobRequest", entities=[wish])

    def _offered(self, offer: Any) -> Any:
        return self.call("postWorkforcemanagementShifttradingTradesJobs", offer, who=self.trader).add_trade_result

    def weeks_ahead(self) -> list[str]:
        return [str(self.week + timedelta(weeks=number)) for number in range(4)]

    def next_day_off(self) -> dict[str, Any]:
        """A whole day nobody has asked for yet."""
        day = self.now().date() + timedelta(days=40 + next(self._numbers))
        return {
            "activity_code_id": self.time_off_code,
            "full_day_management_unit_dates": [str(day)],
            "daily_duration_minutes": 480,
        }

    @cached_property
    def time_off_code(self) -> str:
        codes = self.call("getWorkforcemanagementBusinessunitActivitycodes", self.business_unit).entities
        return next(code.id for code in codes if code.category == "TimeOff")

    def new_time_off(self, who: int = 0) -> Any:
        body = made("CreateAgentTimeOffRequest", **self.next_day_off())
        return self.call("postWorkforcemanagementTimeoffrequests", body=body, who=who)

    def news(self, who: int) -> list[Any]:
        """An agent's WFM notifications, once there are some."""
        return until(lambda: self.call("getWorkforcemanagementNotifications", who=who).entities)

    def new_audit_query(self) -> Any:
        now = self.now()
        interval = f"{(now - timedelta(days=20)).isoformat()}/{(now + timedelta(minutes=1)).isoformat()}"
        query = made("AuditQueryRequest", interval=interval, service_name="Directory")
        return self.call("postAuditsQuery", query)
