"""Swaps over a contact centre of 10,000 agents at an even rate, from the instant a planner's request is due to its answer, beside
the least that could be written: one statement for the shift, one for the schedule's version, and a commit.

Then a hundred planners who read the same version change the same shift at once.
"""

import asyncio
import http.client
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from benchmarks.decision import percentile
from benchmarks.installation import Account, Installation, make_accounts, running
from benchmarks.registry import Outcome, bench, say
from benchmarks.week import Planner, first_day, week_file
from shiftline.foundation.context import Context
from shiftline.foundation.database import Database
from shiftline.workforce.units.model import UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

AGENTS = 10_000
AGENTS_PER_UNIT = 5_000  # as many as the vendor allows in a business unit
AGENTS_PER_TEAM = 1_250
PER_MINUTE = 1_000
SECONDS = 60
AT_ONCE = 100
BAR_MS = 100.0
SWAP = "/api/v2/wfm/schedule/agent/swap"
LENGTH = timedelta(hours=8)
MOVE = """update schedule.shift set swap_reason = 'Bare'
    where schedule_id = %s and agent_id = %s and to_revision is null and lower(span) >= %s and lower(span) < %s"""


@dataclass(frozen=True)
class Site:
    """A business unit with its week in force."""

    unit_id: str
    schedule_id: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Planned:
    """A shift to move: whose, where it stands, and since when of the same day it should."""

    site: Site
    index: int
    day: date
    hour: int
    minute: int

    @property
    def body(self) -> dict[str, Any]:
        """The request."""
        start = datetime(self.day.year, self.day.month, self.day.day, self.hour, self.minute, tzinfo=UTC)
        shift = {"startTime": start.isoformat(), "endTime": (start + LENGTH).isoformat(), "swapReason": "Bench"}
        person_id = self.site.accounts[self.index].person_id
        return {"userId": person_id, "scheduleId": self.site.schedule_id, "shifts": [shift]}


@bench(
    "swaps",
    group="workforce",
    bar=f"p99 of {PER_MINUTE:,} swaps/minute over {AGENTS:,} agents under {BAR_MS:g} ms; of {AT_ONCE} at once on one shift "
    "with the same version exactly one wins",
)
def swaps() -> Outcome:
    """The load, the same by bare statements, and the race."""
    with running() as installation:
        return asyncio.run(_measure(installation))


async def _measure(installation: Installation) -> Outcome:
    database = Database(installation.database_url)
    await database.open()
    context = installation.context(database)
    accounts = await make_accounts(context, AGENTS)
    first = first_day(datetime.now(UTC).date(), 1)
    planner = Planner(installation.listen("api"), installation.ready["admin"]["accessToken"])
    starts = range(0, AGENTS, AGENTS_PER_UNIT)
    sites = [await _make_site(context, planner, accounts[each : each + AGENTS_PER_UNIT], first) for each in starts]
    await database.close()
    dice = random.Random(5)
    load = _Load(installation.listen("api"), planner.token)
    await load.run([_plan(dice, sites, first) for _ in range(PER_MINUTE // 6)])
    load.clear()
    say(f"{PER_MINUTE} swaps a minute")
    await load.run([_plan(dice, sites, first) for _ in range(PER_MINUTE * SECONDS // 60)])
    say(f"p99 {percentile(load.milliseconds, 0.99):.1f} ms of {dict(load.statuses)}; the same by bare statements")
    bare = await _run_bare(installation.database_url, [_plan(dice, sites, first) for _ in range(PER_MINUTE // 3)])
    say(f"{AT_ONCE} at once")
    race = await asyncio.to_thread(_race, planner, sites[0], first)
    p99 = percentile(load.milliseconds, 0.99)
    figures = {
        "p50_ms": round(percentile(load.milliseconds, 0.5), 1),
        "p99_ms": round(p99, 1),
        "worst_ms": round(max(load.milliseconds), 1),
        "swaps": len(load.milliseconds),
        "statuses": dict(load.statuses),
        "at_once": race,
        "p50_ratio": round(percentile(load.milliseconds, 0.5) / percentile(bare, 0.5), 1),
    }
    peer = {
        "name": "two bare statements and a commit",
        "p50_ms": round(percentile(bare, 0.5), 1),
        "p99_ms": round(percentile(bare, 0.99), 1),
    }
    fair = race == {"won": 1, "told the current version": AT_ONCE - 1}
    return Outcome(figures, peer, holds=p99 <= BAR_MS and set(load.statuses) == {200} and fair)


async def _make_site(context: Context, planner: Planner, accounts: list[Account], first: date) -> Site:
    async with context.transaction() as tx:
        unit = await create_business_unit_in(tx, UnitDraft(name=f"Site {accounts[0].jid}", time_zone="America/Chicago"))
        for start in range(0, len(accounts), AGENTS_PER_TEAM):
            team = await create_management_unit_in(tx, unit.id, UnitDraft(name=f"Team {accounts[start].jid}"))
            people = [account.person_id for account in accounts[start : start + AGENTS_PER_TEAM]]
            await move_agents_in(tx, people, team.id)
    say(f"publishing a week of {len(accounts):,} agents")
    content = week_file([account.person_id for account in accounts], first)
    await asyncio.to_thread(lambda: planner.await_done(planner.publish(unit.id, first, content)))
    listed = planner.ask("GET", f"/api/v2/workforcemanagement/businessunits/{unit.id}/weeks/{first}/schedules")[1]
    return Site(unit.id, listed["entities"][0]["id"], tuple(accounts))


def _plan(dice: random.Random, sites: list[Site], first: date) -> Planned:
    """Some agent's shift of the week, a little later than it was or earlier. The week's file has it begin at 12 to 19 h UTC."""
    index = dice.randrange(AGENTS_PER_UNIT)
    day = first + timedelta(days=(index + dice.randrange(5)) % 7)
    return Planned(dice.choice(sites), index, day, 12 + index % 8, 5 * dice.randrange(1, 12))


class _Load:
    """Requests at an even rate, whatever the answers take; measured from the instant at which each was due."""

    def __init__(self, address: str, token: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._token = token
        self.clear()

    def clear(self) -> None:
        """Forget what was measured."""
        self.milliseconds: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def run(self, planned: list[Planned]) -> None:
        """Send each at its time."""
        await _evenly(planned, self._send)

    async def _send(self, each: Planned, due: float) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        body = json.dumps(each.body).encode()
        head = f"POST {SWAP} HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {self._token}\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.read()
        self.milliseconds.append((time.perf_counter() - due) * 1e3)
        self.statuses[int(answer[9:12])] += 1
        writer.close()


async def _evenly(planned: list[Planned], send: Callable[[Planned, float], Awaitable[None]]) -> None:
    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, each in enumerate(planned):
            due = began + number * 60 / PER_MINUTE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(_at(send, each, due))


async def _at(send: Callable[[Planned, float], Awaitable[None]], each: Planned, due: float) -> None:
    await send(each, due)


async def _run_bare(url: str, planned: list[Planned]) -> list[float]:
    """The same moves by what nobody could do with fewer statements."""
    took: list[float] = []
    async with await psycopg.AsyncConnection.connect(url) as connection:
        one_at_a_time = asyncio.Lock()

        async def send(each: Planned, due: float) -> None:
            day = datetime(each.day.year, each.day.month, each.day.day, 12, tzinfo=UTC)
            person_id = each.site.accounts[each.index].person_id
            async with one_at_a_time:
                moved = await connection.execute(
                    MOVE, (each.site.schedule_id, person_id, day, day + timedelta(hours=8))
                )
                assert moved.rowcount == 1
                await connection.execute(
                    "update schedule.schedule set version = version where id = %s", (each.site.schedule_id,)
                )
                await connection.commit()
            took.append((time.perf_counter() - due) * 1e3)

        await _evenly(planned, send)
    return took


def _race(planner: Planner, site: Site, first: date) -> dict[str, int]:
    """As many planners as read the same version move the same shift, each to another time."""
    path = f"/api/v2/workforcemanagement/businessunits/{site.unit_id}/weeks/{first}/schedules"
    version = planner.ask("GET", path)[1]["entities"][0]["metadata"]["version"]
    bodies = [{**Planned(site, 0, first, 12, number % 60).body, "version": version} for number in range(AT_ONCE)]
    for number, body in enumerate(bodies):
        body["shifts"][0]["swapReason"] = f"Planner {number}"
    connections = [http.client.HTTPConnection(planner.address, timeout=60) for _ in bodies]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {planner.token}"}
    for connection, body in zip(connections, bodies, strict=True):
        connection.request("POST", SWAP, json.dumps(body), headers)
    found: Counter[str] = Counter()
    for connection in connections:
        answer = connection.getresponse()
        told = json.loads(answer.read())
        now = answer.status == 409 and str(version + 1) in json.dumps(told)
        found["won" if answer.status == 200 else "told the current version" if now else str(told)] += 1
        connection.close()
    return dict(found)
