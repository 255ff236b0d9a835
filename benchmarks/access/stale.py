"""A million checks of access while roles, people's states, tenant settings, schedules and tokens change: is any verdict stale?

The checks are the function that enforcement calls, each on a connection of PostgreSQL like any program's. SHIFTLINE_BENCH_CHECKS
says how many (a million by default).
"""

import asyncio
import multiprocessing
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from tests.store.conftest import Tenant, make_tenant

from benchmarks.access.serial import BLOCKERS, CHECK, EVERYBODY, Checks, Judgement, Write, judge, mask_of
from benchmarks.publishing import bare_database
from benchmarks.registry import Outcome, bench, say
from shiftline.access.operations.deciding import decide_in
from shiftline.authorization.operations import grant_role_in, list_grants
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.time import Weekday
from shiftline.identity.operations.organizations import change_tenant_settings
from shiftline.identity.operations.people import change_state
from shiftline.identity.operations.tokens import revoke_tokens_of
from shiftline.identity.rules import digest
from shiftline.workforce.schedule.model import PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in, update_schedule_in
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.units.model import UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

CHECKS = int(os.environ.get("SHIFTLINE_BENCH_CHECKS", "1000000"))
ORGANIZATIONS = 2
PEOPLE = 40
CHECKERS = 3
AT_ONCE = 2
"""Checks of one process that are under way at a time."""
PAUSE = 0.02
"""Seconds between the changes of an organization."""
WEIGHTS = {"granted": 30, "active": 25, "webrtc": 12, "rule": 12, "at_work": 20, "signed_in": 1}


@dataclass(frozen=True)
class Place:
    """An organization that is checked: its people with their tokens' digests, their role and their schedule."""

    url: str
    organization_id: str
    people: tuple[str, ...]
    digests: tuple[bytes, ...]
    roles: tuple[str, ...]
    schedule_id: str

    def context(self, database: Database) -> Context:
        """Somebody who may do everything there."""
        everything = {"*:*:*": frozenset({"*"}), "*:*": frozenset({"*"})}
        return Context(database, Clock(), Actor(self.organization_id, "person", person_id="admin", grants=everything))


async def prepare(url: str, organization_id: str, people: int = PEOPLE) -> Place:
    """An organization whose people may all connect, and work just now."""
    database = Database(url)
    await database.open()
    try:
        context = Context(database, Clock(), Actor(organization_id, "person", person_id=f"admin of {organization_id}"))
        everything = {"*:*:*": frozenset({"*"}), "*:*": frozenset({"*"})}
        context = context.acting_as(replace(context.actor, grants=everything))
        tenant = await make_tenant(context)
        hired = [await tenant.person(f"agent {n} {organization_id}", "webRTC:enable") for n in range(people)]
        ids = tuple(person.id for person in hired)
        roles = [(await list_grants(context, subject_id=each))[0].role.id for each in ids]
        return Place(
            url,
            organization_id,
            ids,
            tuple(digest(tenant.tokens[each]) for each in ids),
            tuple(roles),
            await _publish(tenant, ids),
        )
    finally:
        await database.close()


async def _publish(tenant: Tenant, ids: tuple[str, ...]) -> str:
    context, yesterday = tenant.context, datetime.now(UTC).date() - timedelta(days=1)
    async with context.transaction() as tx:
        draft = UnitDraft("Unit", time_zone="UTC", start_day_of_week=list(Weekday)[yesterday.weekday()])
        unit = await create_business_unit_in(tx, draft)
        team = await create_management_unit_in(tx, unit.id, UnitDraft("Team"))
        await move_agents_in(tx, ids, team.id)
    parts = tuple(PartDraft(field="p", agent_id=each, shifts=(_shift(at_work=True),)) for each in ids)
    schedule_id = f"week of {context.organization_id}"
    async with context.transaction() as tx:
        draft = ScheduleDraft(description="Week", published=True, parts=parts, id=schedule_id)
        await import_schedule_in(tx, unit.id, yesterday, draft)
    return schedule_id


def _shift(*, at_work: bool, shift_id: str | None = None) -> ShiftDraft:
    """Around now, or the day after tomorrow."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    start += timedelta(0) if at_work else timedelta(days=3)
    return ShiftDraft(field="s", id=shift_id, start=start, minutes=10 * 60)


class Writer:
    """Makes an organization's changes one after another, as its administrators and planners do."""

    def __init__(self, place: Place, database: Database, seed: int) -> None:
        self._place, self._context = place, place.context(database)
        self._dice = random.Random(seed)
        self._stands: dict[tuple[str, int], bool] = {}
        self.writes: list[Write] = []

    async def run(self, is_over: Callable[[], bool]) -> None:
        """Change this and that until it is over."""
        while not is_over():
            await self._change()
            await asyncio.sleep(PAUSE)

    async def _change(self) -> None:
        (what,) = self._dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
        of_all = what in ("webrtc", "rule")
        person = EVERYBODY if of_all else self._dice.randrange(len(self._place.people))
        value = not self._stands.get((what, person), what != "rule")
        if what == "signed_in" and value:
            return  # a token that was revoked stays so
        began = time.monotonic_ns()
        await self._make(what, person, value)
        self.writes.append(Write(began, time.monotonic_ns(), what, person, value))
        self._stands[(what, person)] = value

    async def _make(self, what: str, person: int, value: bool) -> None:  # noqa: FBT001
        context, place = self._context, self._place
        match what:
            case "granted":
                async with context.transaction() as tx:
                    await grant_role_in(tx, place.people[person], place.roles[person], "*", active=value)
            case "active":
                await change_state(context, place.people[person], "active" if value else "inactive", version=None)
            case "webrtc":
                await change_tenant_settings(context, webrtc_enabled=value)
            case "rule":
                await change_tenant_settings(context, softphone_within_shift=value)
            case "signed_in":
                await revoke_tokens_of(context, place.people[person])
            case _:
                await self._move_shift(place.people[person], at_work=value)

    async def _move_shift(self, person_id: str, *, at_work: bool) -> None:
        async with self._context.transaction() as tx:
            place = self._place
            schedule = await schedules.find_schedule(tx, place.organization_id, place.schedule_id)
            assert schedule is not None
            kept = (await shifts.read_parts(tx, place.organization_id, place.schedule_id, [person_id]))[person_id]
            wanted = _shift(at_work=at_work, shift_id=kept.part.shifts[0].id)
            part = PartDraft(field="p", agent_id=person_id, shifts=(wanted,), version=kept.stamp.version)
            await update_schedule_in(tx, schedule, ScheduleDraft(parts=(part,), version=schedule.version))


class Checker:
    """Asks of people at random whether they may connect, by the function that enforcement calls."""

    def __init__(self, place: Place, database: Database, seed: int) -> None:
        self._place, self._database = place, database
        self._context = place.context(database)
        self._dice = random.Random(seed)
        self.checks: list[tuple[int, int, int, int]] = []

    async def run(self, count: int) -> None:
        """So many checks, on a connection of its own."""
        place, known = self._place, set(BLOCKERS)
        async with self._database.reader() as reader:
            for _ in range(count):
                person = self._dice.randrange(len(place.people))
                began = time.monotonic_ns()
                decision = await decide_in(
                    reader, self._context, "connect", person_id=place.people[person], token_digest=place.digests[person]
                )
                ended = time.monotonic_ns()
                codes = [gate.code for gate in decision.gates if gate.holds is not True]
                mask = mask_of(codes if decision.allowed is (not codes) and known.issuperset(codes) else ["?"])
                self.checks.append((person, began, ended, mask))

    def taken(self) -> Checks:
        """What was found."""
        return np.array(self.checks, CHECK)


async def write_until(place: Place, seed: int, is_over: Callable[[], bool]) -> list[Write]:
    """The changes of one organization."""
    database = Database(place.url, size=2)
    await database.open()
    try:
        writer = Writer(place, database, seed)
        await writer.run(is_over)
        return writer.writes
    finally:
        await database.close()


async def check(place: Place, seed: int, count: int) -> Checks:
    """So many checks of one organization, some at a time."""
    database = Database(place.url, size=AT_ONCE + 1, timeout=timedelta(seconds=60))
    await database.open()
    try:
        checkers = [Checker(place, database, seed * 100 + number) for number in range(AT_ONCE)]
        await asyncio.gather(*(each.run(count // AT_ONCE) for each in checkers))
        return np.concatenate([each.taken() for each in checkers])
    finally:
        await database.close()


@bench(
    "stale-checks", group="access", bar="0 stale decisions in 1,000,000 checks while writers change what decides them"
)
def stale_checks() -> Outcome:
    """Two organizations with a writer each, and three processes that check."""
    with bare_database() as url:
        places = [asyncio.run(prepare(url, f"org-{number}")) for number in range(ORGANIZATIONS)]
        say(f"{CHECKS:,} checks")
        began = time.perf_counter()
        judgements, writes = _race(places)
        seconds = time.perf_counter() - began
    checks = sum(each.checks for each in judgements)
    stale = sum(each.stale for each in judgements)
    figures = {
        "checks": checks,
        "stale": stale,
        "denied": sum(each.denied for each in judgements),
        "while_something_changed": sum(each.ambiguous for each in judgements),
        "changes": sum(map(len, writes)),
        "changes_by_kind": {
            what: sum(1 for some in writes for write in some if write.what == what) for what in WEIGHTS
        },
        "seconds": round(seconds),
        "checks_per_second": round(checks / seconds),
    }
    return Outcome(figures, holds=stale == 0 and checks >= CHECKS and min(map(len, writes)) > 0)


def _race(places: list[Place]) -> tuple[list[Judgement], list[list[Write]]]:
    spawn: Any = multiprocessing.get_context("spawn")
    each = -(-CHECKS // (len(places) * CHECKERS * AT_ONCE)) * AT_ONCE
    with spawn.Manager() as manager:
        over = manager.Event()
        with spawn.Pool(len(places) * (CHECKERS + 1)) as pool:
            writing = [pool.apply_async(_write, (place, number, over)) for number, place in enumerate(places)]
            time.sleep(2)  # the writers are at it
            checking = [
                [pool.apply_async(_check, (place, 1 + number * 10 + each_of, each)) for each_of in range(CHECKERS)]
                for number, place in enumerate(places)
            ]
            found = [np.concatenate([task.get() for task in tasks]) for tasks in checking]
            over.set()
            writes = [task.get(60) for task in writing]
    return [judge(PEOPLE, some, checks) for some, checks in zip(writes, found, strict=True)], writes


def _write(place: Place, seed: int, over: Any) -> list[Write]:
    looked = 0.0
    ended = False

    def is_over() -> bool:
        nonlocal looked, ended
        if time.monotonic() - looked > 0.5:
            looked, ended = time.monotonic(), over.is_set()
        return ended

    return asyncio.run(write_until(place, seed, is_over))


def _check(place: Place, seed: int, count: int) -> Checks:
    return asyncio.run(check(place, seed, count))
