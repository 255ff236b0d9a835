"""Any sequence of requests, decisions, edits, publications, swaps, republishes, limits and balances: marks and requests
never disagree, no balance is overdrawn, and nobody waits for a place that is free.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.conftest import SettableContext
from tests.store.schedule.planner import Planner

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Refusal
from shiftline.foundation.time import DAY, MINUTE, find_zone
from shiftline.workforce.schedule.model import Part, PartDraft, ScheduleDraft, Shift, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in, update_schedule_in
from shiftline.workforce.schedule.operations.republishing import republish_in
from shiftline.workforce.schedule.operations.swapping import ShiftGiven, SwapOrder, swap_days_in
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.timeoff.model import (
    ApprovalRule,
    Days,
    LimitDraft,
    OwnChanges,
    PlanDraft,
    RequestChanges,
    RequestDraft,
    Status,
    TimeOffRequest,
    TimesAsked,
    ValuesGiven,
)
from shiftline.workforce.timeoff.model.balances import Account, Accrual, CarryOver
from shiftline.workforce.timeoff.model.balances import Grant as Granted
from shiftline.workforce.timeoff.operations.balances import list_balances
from shiftline.workforce.timeoff.operations.changing import Target, change_own_request, change_request
from shiftline.workforce.timeoff.operations.filing import enter_requests, submit_request
from shiftline.workforce.timeoff.operations.granting import grant_balance, remove_balance
from shiftline.workforce.timeoff.operations.limits import create_limit, list_limits, query_values, set_values
from shiftline.workforce.timeoff.operations.plans import create_plan
from shiftline.workforce.timeoff.operations.reading import find_approved, list_requests_of
from shiftline.workforce.timeoff.rules.balances import charges_of, find_deficit
from shiftline.workforce.timeoff.rules.balances import settle as settle_account
from shiftline.workforce.timeoff.rules.limits import find_shortage
from shiftline.workforce.units.operations.agents import find_agents, move_agents_in
from shiftline.workforce.units.operations.business_units import find_business_unit

# The nights on which clocks go back and forward, in both of the agents' zones. Each is the first day of a second week.
NIGHTS = (date(2023, 11, 5), date(2024, 3, 10))
ZONES = {"ann": find_zone("America/Chicago"), "bob": find_zone("America/St_Johns")}
SITES = {"ann": "mu-1", "bob": "mu-2"}

agents = st.sampled_from(["ann", "bob"])
days = st.integers(-3, 3)  # from the night's day
hours = st.integers(-72, 72)
lengths = st.sampled_from([60, 480, 600])


@dataclass(frozen=True)
class Times:
    """Whole days from one on, or (``minutes``) a part of a day from an hour on."""

    day: int
    count: int
    hour: int | None
    minutes: int

    def asked(self, night: date, agent: str) -> TimesAsked:
        if self.hour is None:
            return TimesAsked(days=[night + (self.day + i) * DAY for i in range(self.count)], daily_minutes=480)
        start = datetime(night.year, night.month, night.day, tzinfo=ZONES[agent]) + timedelta(hours=self.hour)
        return TimesAsked(starts=[start], minutes=[self.minutes], payable_minutes=[self.minutes // 2])


times = st.one_of(
    st.builds(Times, days, st.integers(1, 3), st.none(), st.just(480)),
    st.builds(Times, st.just(0), st.just(1), hours, st.sampled_from([30, 60, 600])),
)


@dataclass(frozen=True)
class Enter:
    agent: str
    times: Times
    approved: bool


@dataclass(frozen=True)
class Decide:
    which: int
    status: Status


@dataclass(frozen=True)
class Edit:
    which: int
    times: Times


@dataclass(frozen=True)
class Cancel:
    which: int


@dataclass(frozen=True)
class Import:
    week: int
    published: bool
    shifts: list[tuple[str, int, int]]


@dataclass(frozen=True)
class Publish:
    which: int


@dataclass(frozen=True)
class Republish:
    which: int
    number: int


@dataclass(frozen=True)
class Update:
    which: int
    agent: str
    hour: int
    minutes: int
    edits: bool


@dataclass(frozen=True)
class Swap:
    agent: str
    hour: int
    minutes: int


@dataclass(frozen=True)
class Ask:
    agent: str
    times: Times


@dataclass(frozen=True)
class Bound:
    agent: str
    day: int
    minutes: int


@dataclass(frozen=True)
class Grant:
    """For good, or (``half``) in the period up to the night or in the one from it on, which is carried some of the rest."""

    agent: str
    minutes: int
    half: int | None

    def asked(self, night: date) -> Granted:
        match self.half:
            case None:
                return Granted(self.agent, "5", self.minutes)
            case 0:
                carry = CarryOver(300, night + 2 * DAY)
                return Granted(self.agent, "5", self.minutes, Days(date.min, night), carry_over=carry)
            case _:
                return Granted(self.agent, "5", self.minutes, Days(night + DAY, night + 70 * DAY), Accrual.WEEKLY)


@dataclass(frozen=True)
class Ungrant:
    agent: str
    second: bool


indexes = st.integers(0, 5)
steps = st.one_of(
    st.builds(Ask, agents, times),
    st.builds(Bound, agents, days, st.sampled_from([0, 480, 1080])),
    st.builds(Grant, agents, st.sampled_from([0, 500, 2000]), st.sampled_from([None, 0, 0, 1, 1])),
    st.builds(Ungrant, agents, st.booleans()),
    st.builds(Enter, agents, times, st.booleans()),
    st.builds(Decide, indexes, st.sampled_from([Status.APPROVED, Status.DENIED, Status.PENDING])),
    st.builds(Edit, indexes, times),
    st.builds(Cancel, indexes),
    st.builds(
        Import, st.integers(0, 1), st.booleans(), st.lists(st.tuples(agents, hours, lengths), min_size=1, max_size=5)
    ),
    st.builds(Publish, indexes),
    st.builds(Republish, indexes, st.integers(1, 4)),
    st.builds(Update, indexes, agents, hours, lengths, st.booleans()),
    st.builds(Swap, agents, hours, lengths),
)

# Every run starts with both weeks in force, the night between them worked through, and a draft of the second.
FIRST: list[object] = [
    *(Bound(agent, day, 480) for agent in ("ann", "bob") for day in range(-3, 5)),
    Import(0, True, [("ann", -2, 480), ("ann", -50, 480), ("bob", -3, 600), ("bob", -26, 480)]),
    Import(1, True, [("ann", 22, 480), ("ann", 8, 600), ("bob", 12, 480), ("bob", 36, 480)]),
    Import(1, False, [("ann", 20, 480), ("ann", 6, 600), ("bob", 10, 480), ("bob", 34, 480)]),
]


# Her night shift of the first week lies under a day off; the second week comes with a shift that begins within it.
UNDER_A_DAY_OFF = [Enter("ann", Times(-1, 1, None, 480), approved=True), Import(1, True, [("ann", 4, 480)])]


@dataclass
class World:
    """One run around one night."""

    context: Context
    night: date
    people: dict[str, Context]
    ids: list[str] = field(default_factory=list[str])
    requests: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    brought: dict[str, set[tuple[str, datetime, int]]] = field(
        default_factory=dict[str, "set[tuple[str, datetime, int]]"]
    )
    by_hand: bool = False
    kept: bool = False

    async def take(self, step: object) -> None:
        """One step; a refusal leaves nothing behind."""
        try:
            await self._take(step)
        except Refusal:
            return

    async def _take(self, step: object) -> None:
        match step:
            case Enter() | Ask():
                request, created = await self._file(step)
                if created:
                    self.requests.append((request.id, step.agent))
            case Decide():
                await self.change(step.which, status=step.status)
            case Edit():
                await self.change(step.which, times=step.times)
            case Bound() | Grant() | Ungrant():
                await self._provide(step)
            case Cancel() if self.requests:
                request_id, agent = self.requests[step.which % len(self.requests)]
                await change_own_request(self.people[agent], request_id, OwnChanges(cancel=True))
            case _:
                async with self.context.transaction() as tx:
                    made = await self._plan(tx, step)
                if made is not None:
                    self.ids.append(made)

    async def _file(self, step: Enter | Ask) -> tuple[TimeOffRequest, bool]:
        draft = RequestDraft("5", step.times.asked(self.night, step.agent))
        if isinstance(step, Ask):
            return await submit_request(self.people[step.agent], draft)
        entered = replace(draft, status=Status.APPROVED if step.approved else Status.PENDING)
        [filed] = await enter_requests(self.context, SITES[step.agent], [step.agent], entered)
        return filed

    async def _provide(self, step: Bound | Grant | Ungrant) -> None:
        if isinstance(step, Grant):
            await grant_balance(self.context, step.asked(self.night), None)
            return
        if isinstance(step, Ungrant):
            first = self.night + DAY if step.second else date.min
            await remove_balance(self.context, Granted(step.agent, "5", 0, Days(first, date.max)))
            return
        (limit,) = await list_limits(self.context, "bu-1", SITES[step.agent])
        values = [ValuesGiven(self.night + step.day * DAY, [step.minutes], "values[0]")]
        await set_values(self.context, "bu-1", limit.id, lambda _: values, limit.stamp.version)

    async def change(self, which: int, *, status: Status | None = None, times: Times | None = None) -> None:
        if not self.requests:
            return
        request_id, agent = self.requests[which % len(self.requests)]
        async with self.context.reader() as reader:
            row = await reader.one("select version from timeoff.request where id = %(id)s", {"id": request_id})
        assert row is not None
        asked = None if times is None else times.asked(self.night, agent)
        changes = RequestChanges(row["version"], status=status, times=asked)
        await change_request(self.context, Target(SITES[agent], agent, request_id), changes)

    async def _plan(self, tx: Transaction, step: object) -> str | None:
        match step:
            case Import():
                return await self._import(tx, step)
            case Publish() if self.ids:
                schedule = await schedules.find_schedule(tx, "org-1", self.ids[step.which % len(self.ids)])
                assert schedule is not None
                await update_schedule_in(tx, schedule, ScheduleDraft(published=True, version=schedule.version))
            case Republish() if self.ids:
                schedule = await schedules.find_schedule(tx, "org-1", self.ids[step.which % len(self.ids)])
                assert schedule is not None
                unit = await find_business_unit(tx, "org-1", "bu-1")
                await republish_in(tx, unit, schedule, step.number, (None, None))
            case Update() if self.ids:
                await self._update(tx, step)
            case Swap() if self.ids:
                await self._swap(tx, step)
            case _:
                pass
        return None

    def at(self, hour: int, agent: str) -> datetime:
        """An hour of the agent's own clock, as an instant: with its zone, one that comes twice equals no instant."""
        night = self.night
        local = datetime(night.year, night.month, night.day, tzinfo=ZONES[agent]) + timedelta(hours=hour)
        return local.astimezone(UTC)

    async def _import(self, tx: Transaction, step: Import) -> str:
        wanted = [(agent, self.at(hour, agent), minutes) for agent, hour, minutes in step.shifts]
        parts = tuple(
            PartDraft(
                field=agent,
                agent_id=agent,
                shifts=tuple(
                    ShiftDraft(field="x", start=start, minutes=minutes)
                    for who, start, minutes in wanted
                    if who == agent
                ),
            )
            for agent in {who for who, _, _ in wanted}
        )
        draft = ScheduleDraft(published=step.published, parts=parts)
        week = self.night - (1 - step.week) * 7 * DAY
        made = (await import_schedule_in(tx, "bu-1", week, draft)).schedule.id
        self.brought[made] = {(agent, start, minutes) for agent, start, minutes in wanted}
        return made

    async def _update(self, tx: Transaction, step: Update) -> None:
        schedule = await schedules.find_schedule(tx, "org-1", self.ids[step.which % len(self.ids)])
        assert schedule is not None
        kept = (await shifts.read_parts(tx, "org-1", schedule.id, [step.agent])).get(step.agent)
        edited = kept.part.shifts[0].id if step.edits and kept is not None and kept.part.shifts else None
        wanted = ShiftDraft(field="x", id=edited, start=self.at(step.hour, step.agent), minutes=step.minutes)
        version = None if kept is None else kept.stamp.version
        part = PartDraft(field="x", agent_id=step.agent, shifts=(wanted,), version=version)
        await update_schedule_in(tx, schedule, ScheduleDraft(parts=(part,), version=schedule.version))
        self.by_hand = True

    async def _swap(self, tx: Transaction, step: Swap) -> None:
        in_force = await schedules.list_published(tx, "org-1", (self.night - 7 * DAY, self.night + 7 * DAY))
        agent = (await find_agents(tx, "org-1", [step.agent]))[step.agent]
        start = self.at(step.hour, step.agent)
        given_shift = ShiftGiven("x", start, start + timedelta(minutes=step.minutes), True, "Swap", ())
        await swap_days_in(tx, SwapOrder(in_force[0].id, agent, (given_shift,), None, None))
        self.by_hand = True

    async def check(self) -> None:
        """Every mark in force is its request's present one, and whatever is approved is marked."""
        async with self.context.reader() as reader:
            in_force = await schedules.list_published(reader, "org-1", (self.night - 7 * DAY, self.night + 7 * DAY))
            parts = {s.id: await shifts.read_parts(reader, "org-1", s.id) for s in in_force}
            for agent in ("ann", "bob"):
                approved = await find_approved(reader, "org-1", agent)
                mine = [(s, each[agent].part) for s in in_force if (each := parts[s.id]) and agent in each]
                self._check_days(approved, mine, {s.id: s for s in in_force})
                for shift in (shift for _, part in mine for shift in part.shifts):
                    self._check_shift(shift, approved)
                spans = sorted(shift.span for _, part in mine for shift in part.shifts)
                assert all(one.end <= other.start for one, other in pairwise(spans))
            decision = await foresee_access_in(reader, self.context, "ann", self.at(12, "ann"))
            assert decision.allowed is True
        for agent in ("ann", "bob"):
            await self._check_waiting(agent)
            await self._check_balance(agent)

    async def _check_waiting(self, agent: str) -> None:
        """Whoever waits finds too little left on one of their days, or is off by another request already."""
        (limit,) = await list_limits(self.context, "bu-1", SITES[agent])
        days = Days(self.night - 5 * DAY, self.night + 7 * DAY)
        (use,) = await query_values(self.context, "bu-1", limit.id, [days])
        mine = await list_requests_of(self.context, SITES[agent], agent)
        off = [piece.span for each in mine if each.status is Status.APPROVED for piece in each.pieces]
        for request in (each for each in mine if each.waits):
            full = find_shortage(request, limit, ZONES[agent], use.values, use.taken)
            assert full is not None or any(piece.span.overlaps(span) for piece in request.pieces for span in off)

    async def _check_balance(self, agent: str) -> None:
        approved = [
            each for each in await list_requests_of(self.context, SITES[agent], agent) if each.status is Status.APPROVED
        ]
        kept = await list_balances(self.context, agent)
        takings: dict[date, int] = {}
        for day, minutes in (pair for each in approved for pair in charges_of(each).items()):
            takings[day] = takings.get(day, 0) + minutes
        account = Account(agent, "5", kept, takings)
        assert list(settle_account(account)) == kept
        assert find_deficit(account) is None

    def _check_days(
        self, approved: list[TimeOffRequest], mine: list[tuple[Any, Part]], in_force: dict[str, Any]
    ) -> None:
        marked = {
            (day.day, day.time_off_request_id, day.time_off_request_sync_version, day.length_minutes)
            for _, part in mine
            for day in part.full_days
        }
        wanted = {
            (piece.day, request.id, request.sync_version, piece.minutes)
            for request in approved
            for piece in request.pieces
            if piece.day is not None and any(s.week_date <= piece.day < s.end_date for s in in_force.values())
        }
        assert marked == wanted

    def _check_shift(self, shift: Shift, approved: list[TimeOffRequest]) -> None:
        assert shift.paid_minutes == sum(each.payable_minutes for each in shift.activities)
        assert all(0 <= each.payable_minutes <= each.minutes for each in shift.activities)
        assert shift.activities[0].start == shift.start
        assert shift.activities[-1].end == shift.end
        assert all(one.end == other.start for one, other in pairwise(shift.activities))
        marks = {
            (each.start, each.end, each.time_off_request_id, each.time_off_request_sync_version)
            for each in shift.activities
            if each.time_off_request_id is not None
        }
        assert marks == {
            (max(piece.starts_at, shift.start), min(piece.ends_at, shift.end), request.id, request.sync_version)
            for request in approved
            for piece in request.pieces
            if piece.day is None and piece.starts_at < shift.end and shift.start < piece.ends_at
        }

    async def end(self) -> None:
        """Take all time off back: no mark is left, and where nobody planned by hand, all stands as it was brought."""
        # What one frees may be granted to another that waits, hence again and again.
        while not self.kept and (left := [i for i in range(len(self.requests)) if await self._is_approved(i)]):
            for which in left:
                await self._take_back(which)
                await self.check()
        if self.by_hand or self.kept:
            return
        async with self.context.reader() as reader:
            for schedule in await schedules.list_published(
                reader, "org-1", (self.night - 7 * DAY, self.night + 7 * DAY)
            ):
                held = await shifts.read_parts(reader, "org-1", schedule.id)
                now = {
                    (agent, shift.start, (shift.end - shift.start) // MINUTE, len(shift.activities))
                    for agent, kept in held.items()
                    for shift in kept.part.shifts
                }
                assert now == {(agent, start, minutes, 1) for agent, start, minutes in self.brought[schedule.id]}
                assert not any(kept.part.full_days for kept in held.values())

    async def _take_back(self, which: int) -> None:
        """Deny what is approved, unless what would stand again overlaps what came into force beside it meanwhile."""
        try:
            await self.change(which, status=Status.DENIED)
        except Invalid as refusal:
            assert {problem.code for problem in refusal.problems} == {"shift.overlap"}  # noqa: PT017 - one is allowed
            assert await self._is_approved(which)
            self.kept = True

    async def _is_approved(self, which: int) -> bool:
        async with self.context.reader() as reader:
            row = await reader.one(
                "select status from timeoff.request where id = %(id)s", {"id": self.requests[which][0]}
            )
        return row is not None and row["status"] == "APPROVED"


async def forget(context: Context) -> None:
    async with context.reader() as reader:
        await reader.connection.execute(
            "truncate schedule.shift, schedule.full_day, schedule.agent_schedule, schedule.revision, schedule.schedule, "
            "schedule.covered, schedule.time_off, timeoff.request, timeoff.request_past, timeoff.ruling, timeoff.balance, "
            "timeoff.balance_past, timeoff.limit_value, timeoff.limit_value_past"
        )


async def settle(planner: Planner, context: SettableContext) -> dict[str, Context]:
    """Two units in two zones, each with a limit, and a plan that approves within it; what its agents act as."""
    await planner.open_site("mu-2", "America/St_Johns")
    async with context.transaction() as tx:
        await move_agents_in(tx, ["bob"], "mu-2")
    people = {
        name: planner.tenant.acting_as(planner.agents[name], "wfm:agentTimeOffRequest:submit")
        for name in planner.agents
    }
    context.clock.set("2023-10-02T12:00:00Z")

    for site in SITES.values():
        await create_limit(context, "bu-1", LimitDraft(site))
    checking = PlanDraft(
        name="Leave",
        activity_code_ids=["5"],
        management_unit_ids=list(SITES.values()),
        approval_rule=ApprovalRule.CHECK_LIMITS,
        counts_against_limits=True,
    )
    await create_plan(context, "bu-1", checking)
    return people


async def test_marks_and_requests_never_disagree(planner: Planner, context: SettableContext) -> None:
    loop = asyncio.get_running_loop()
    people = await settle(planner, context)

    # Examples run in a thread of their own, each step on this loop.
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @example(NIGHTS[1], UNDER_A_DAY_OFF)
    @given(st.sampled_from(NIGHTS), st.lists(steps, min_size=4, max_size=12))
    def holds(night: date, sequence: list[object]) -> None:
        asyncio.run_coroutine_threadsafe(_hold(World(context, night, people), sequence), loop).result(120)

    await asyncio.to_thread(holds)


async def _hold(world: World, sequence: list[object]) -> None:
    await forget(world.context)
    for step in [*FIRST, *sequence]:
        await world.take(step)
        await world.check()
    await world.end()
