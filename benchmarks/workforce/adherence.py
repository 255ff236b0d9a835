"""Adherence of ten thousand agents: how soon a change of activity reaches whoever watches, and how long a whole day takes."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, LiteralString

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.decision import percentile
from benchmarks.installation import Account, Installation, make_accounts, make_channels, running
from benchmarks.publishing import bare_database
from benchmarks.registry import Outcome, bench, say
from benchmarks.week import Planner
from benchmarks.workforce.floor import Floor, hire, prepare_presences, publish_day, write_presences
from shiftline.apps import rooms
from shiftline.apps.running import find_settings
from shiftline.foundation.bus import Bus
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.time import Interval, find_zone
from shiftline.identity.operations.organizations import prepare_organization_in
from shiftline.identity.operations.tokens import authenticate
from shiftline.presence.model import PURECLOUD, PresenceRequest, SystemPresence
from shiftline.presence.operations.presences import change_presence_in
from shiftline.signalling.channels.operations import subscribe
from shiftline.workforce.adherence.model import HistoryQuery, JobKind
from shiftline.workforce.adherence.operations.history import measure_history, request_history, run_history
from shiftline.workforce.adherence.wire.history import show_file

AGENTS = 10_000
WATCHERS = 20
CHANGES = 600
RATE = 40
BURST = 300
REALTIME_BAR_MS = 1000.0
DAY_BAR_SECONDS = 5.0
REPEATS = 3
ALONE = 200
DAY = datetime(2023, 11, 3, tzinfo=UTC)


SEES = ("wfm:realtimeAdherence:view", "notifications:otherUser:view")


class Watcher(WSListener):
    """A live JSON session that notes when each agent's change arrives, by the agent and since when they do what they do now;
    and when their bare activity does, which signalling tells without any judgement.
    """

    def __init__(self, arrived: dict[tuple[str, str], float], raw: dict[str, float]) -> None:
        super().__init__()
        self._arrived = arrived
        self._raw = raw

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        del transport
        if frame.msg_type != WSMsgType.TEXT:
            return
        now, body = time.perf_counter(), json.loads(frame.get_payload_as_utf8_text()).get("eventBody", {})
        if "adherenceState" in body:
            self._arrived.setdefault((body["user"]["id"], body.get("presenceUpdateTime", "")), now)
        elif "routingStatus" in body and "presence" in body:
            self._raw.setdefault(body["id"], now)


@bench(
    "adherence-realtime",
    group="workforce",
    bar=f"an activity change of one of {AGENTS} agents is at a subscriber's socket under {REALTIME_BAR_MS:g} ms p99",
)
def adherence_realtime() -> Outcome:
    """Presence changes of agents on shift, at an even rate and in a burst, to supervisors who watch the whole unit."""
    with running() as installation:
        return asyncio.run(_watch(installation))


async def _watch(installation: Installation) -> Outcome:
    rooms.load("events")
    bus = Bus(find_settings(installation.folder, {}).nats_url)
    database = Database(installation.database_url, bus)
    await bus.open()
    await database.open()
    try:
        context = installation.context(database)
        watchers = await make_accounts(context, WATCHERS)
        say(f"publishing a day of {AGENTS} agents")
        person_ids = await hire(context, AGENTS)
        now = context.now()
        floor = await publish_day(context, person_ids, now.date(), now.replace(second=0, microsecond=0))
        await _judged(database)
        arrived, raw = dict[tuple[str, str], float](), dict[str, float]()
        chosen = random.Random(4).sample(person_ids, CHANGES + BURST)
        board = f"v2.workforcemanagement.managementunits.{floor.management_unit_id}.adherence"
        topics = [board, *(f"v2.users.{person_id}.activity" for person_id in chosen)]
        await _connect(installation, context, watchers, lambda: Watcher(arrived, raw), topics)
        say("agents change what they do")
        steady, bare = await _change(context, chosen[:CHANGES], arrived, raw, RATE)
        burst, _ = await _change(context, chosen[CHANGES:], arrived, raw, None)
        look = await asyncio.to_thread(_poll, installation, floor)
    finally:
        await bus.close()
        await database.close()
    figures = {
        "agents": AGENTS,
        "watchers": WATCHERS,
        "changes_per_second": RATE,
        "steady": _figures(steady, CHANGES),
        "burst_at_once": _figures(burst, BURST),
    }
    peer = {"bare_activity_topic": _figures(bare, CHANGES), "polling_the_whole_board_ms": round(look, 1)}
    holds = len(steady) == CHANGES and percentile(steady, 0.99) < REALTIME_BAR_MS
    return Outcome(figures, peer, holds=holds)


QUIET: LiteralString = """
select (select count(*) from adherence.standing where state = 'OutOfAdherence') as judged,
       (select count(*) from foundation.outbox o
        join foundation.outbox_cursor c on c.consumer = 'worker' and not pg_visible_in_snapshot(o.xid, c.snapshot)
        where o.name in ('workforce.agents.moved', 'workforce.schedule.published', 'workforce.management_unit.changed'))
         as waiting
"""


async def _judged(database: Database) -> None:
    """Wait until every agent was judged and the worker has done what follows from the new schedule."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        async with database.reader() as reader:
            row = await reader.one(QUIET, {})
        if row is not None and row["judged"] >= AGENTS and not row["waiting"]:
            return
        await asyncio.sleep(1)
    raise RuntimeError("not every agent was judged")


async def _connect(
    installation: Installation,
    context: Context,
    watchers: list[Account],
    make: Callable[[], Watcher],
    topics: list[str],
) -> None:
    """Everybody subscribes to the first topic, the first one to all."""
    channels = await make_channels(context, watchers)
    wished = topics
    for account, channel_id in zip(watchers, channels, strict=True):
        actor = await authenticate(context.database, context.clock, account.token)
        grants = {**actor.grants, **dict.fromkeys(SEES, frozenset({"*"}))}
        watching = replace(actor, grants=grants)
        await subscribe(context.acting_as(watching), channel_id, wished, rooms.topics(), keep=False)
        wished = topics[:1]
        await ws_connect(make, f"ws://{installation.listen('signalling')}/stream/channels/{channel_id}")


async def _change(
    context: Context,
    chosen: list[str],
    arrived: dict[tuple[str, str], float],
    raw: dict[str, float],
    rate: float | None,
) -> tuple[list[float], list[float]]:
    """Milliseconds from just before each commit to the frame, of the judgement and of the bare activity; changes that never
    arrived are missing.
    """
    committed: dict[tuple[str, str], float] = {}
    few, chance = asyncio.Semaphore(4), random.Random(len(chosen))

    async def one(person_id: str) -> None:
        async with few, context.transaction() as tx:
            request = PresenceRequest(system_presence=chance.choice([SystemPresence.ON_QUEUE, SystemPresence.MEAL]))
            standing = await change_presence_in(tx, person_id, PURECLOUD, request)
            await tx.flush()
            assert standing.primary.modified_at is not None
            mark = standing.primary.modified_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            committed[person_id, mark] = time.perf_counter()

    tasks: list[asyncio.Task[None]] = []
    for person_id in chosen:
        tasks.append(asyncio.create_task(one(person_id)))
        if rate is not None:
            await asyncio.sleep(chance.expovariate(rate))
    await asyncio.gather(*tasks)
    await asyncio.sleep(4)
    judged = [(arrived[mark] - at) * 1e3 for mark, at in committed.items() if mark in arrived]
    bare = [(raw[person_id] - at) * 1e3 for (person_id, _), at in committed.items() if person_id in raw]
    return judged, bare


def _poll(installation: Installation, floor: Floor) -> float:
    """Milliseconds of one look at the whole board."""
    planner = Planner(installation.listen("api"), installation.ready["admin"]["accessToken"])
    began = time.perf_counter()
    status, board = planner.ask(
        "GET", f"/api/v2/workforcemanagement/managementunits/{floor.management_unit_id}/adherence"
    )
    assert (status, len(board["entities"])) == (200, AGENTS), status
    return (time.perf_counter() - began) * 1e3


def _figures(milliseconds: list[float], sent: int) -> dict[str, Any]:
    return {
        "sent": sent,
        "arrived": len(milliseconds),
        "p50_ms": round(percentile(milliseconds, 0.5), 1),
        "p99_ms": round(percentile(milliseconds, 0.99), 1),
        "max_ms": round(max(milliseconds), 1),
    }


@bench(
    "adherence-day",
    group="workforce",
    bar=f"a whole day of {AGENTS} agents is measured anew, shown and stored in under {DAY_BAR_SECONDS:g} s",
)
def adherence_day() -> Outcome:
    """The job of a historical query of one unit, from its start to its commit; beside one query an agent, and plain SQL."""
    with bare_database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> Outcome:
    rooms.load("events")
    database = Database(url)
    await database.open()
    try:
        context = Context(database, Clock(DAY - datetime.now(UTC)), Actor("bench", "system"))
        async with context.transaction() as tx:
            await prepare_organization_in(tx, "Bench", "bench")
        await prepare_presences(context)
        say(f"writing a day of {AGENTS} agents")
        floor = await publish_day(context, await hire(context, AGENTS), DAY.date())
        changes = await write_presences(context, floor)
        context = context.with_clock(Clock(DAY + timedelta(days=3) - datetime.now(UTC)))
        start = DAY + timedelta(hours=5)  # midnight in Chicago
        query = HistoryQuery(floor.management_unit_id, start, start + timedelta(days=1), exceptions=True)
        runs = [await _run(context, query) for _ in range(REPEATS)]
        found = await measure_history(context, query)
        alone = await _alone(context, query)
        plain, exceptions = await _plain(context, Interval(query.start, start + timedelta(days=1)))
    finally:
        await database.close()
    ours = sum(each.total.exception_seconds for each in found.agents)
    if abs(ours - exceptions) > 0.001 * exceptions:
        raise RuntimeError(f"measured {ours} s of exceptions; plain SQL finds {exceptions} s")
    assert find_zone("America/Chicago") == found.zone
    seconds = median(runs)
    figures = {
        "agents": AGENTS,
        "presence_changes": changes,
        "seconds": round(seconds, 2),
        "agents_per_second": round(AGENTS / seconds),
        "exception_hours": round(ours / 3600, 1),
    }
    peer = {
        "one_query_an_agent_seconds": round(alone * AGENTS / ALONE, 2),
        "plain_sql_of_exceptions_only_seconds": round(plain, 2),
        "plain_sql_exception_hours": round(exceptions / 3600, 1),
    }
    return Outcome(figures, peer, holds=seconds < DAY_BAR_SECONDS)


async def _run(context: Context, query: HistoryQuery) -> float:
    asking = context.acting_as(Actor("bench", "client", client_id="bench", grants={"*:*:*": frozenset({"*"})}))
    job = await request_history(asking, JobKind.UNIT, [query], "https://bench")
    began = time.perf_counter()
    await run_history(context, job.id, show_file)
    return time.perf_counter() - began


async def _alone(context: Context, query: HistoryQuery) -> float:
    """Seconds for some agents, each measured by itself."""
    began = time.perf_counter()
    for number in range(ALONE):
        one = HistoryQuery(query.management_unit_id, query.start, query.end, person_ids=(f"agent-{number}",))
        await measure_history(context, one)
    return time.perf_counter() - began


PLAIN: LiteralString = """
with scheduled as (
  select a.agent_id, a.span, c.category
  from schedule.public_published_activity a
  join units.public_activity_code c on c.organization_id = a.organization_id and c.id = a.activity_code_id
  where a.organization_id = 'bench' and a.span && tstzrange(%(start)s, %(end)s)
), done as (
  select t.person_id, t.valid, case when t.system_presence in ('OnQueue') then 'OnQueueWork' else t.system_presence end as category
  from presence.public_presence_timeline t
  where t.organization_id = 'bench' and t.valid && tstzrange(%(start)s, %(end)s)
), missed as (
  select person_id, valid from presence.public_routing_status_timeline
  where organization_id = 'bench' and status = 'NOT_RESPONDING'
), agreed as (
  select s.agent_id, s.span * d.valid as span
  from scheduled s join done d on d.person_id = s.agent_id and d.valid && s.span and d.category = s.category
)
select (select sum(extract(epoch from upper(span) - lower(span))) from scheduled)
     - (select sum(extract(epoch from upper(span) - lower(span))) from agreed)
     + coalesce((select sum(extract(epoch from upper(a.span * m.valid) - lower(a.span * m.valid)))
                 from agreed a join missed m on m.person_id = a.agent_id and m.valid && a.span
                 join scheduled s on s.agent_id = a.agent_id and s.span @> a.span and s.category = 'OnQueueWork'), 0) as seconds
"""


async def _plain(context: Context, span: Interval) -> tuple[float, float]:
    """One statement that finds the seconds out of adherence of all agents together, by itself: how long it took, and they."""
    began = time.perf_counter()
    async with context.reader() as reader:
        row = await reader.one(PLAIN, {"start": span.start, "end": span.end})
    assert row is not None
    return time.perf_counter() - began, float(row["seconds"])
