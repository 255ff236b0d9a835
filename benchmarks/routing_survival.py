"""A thousand who wait, five hundred agents, and routers that are killed in the middle of whatever they do: each is taken once."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.publishing import bare_database
from benchmarks.registry import Outcome, bench, say
from benchmarks.routing_offers import AGENTS, ORGANIZATION, WAITING, Floor, fill
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database

ROUTER = Path(__file__).parents[1] / "tests/store/routing/hasty_router.py"
"""Makes offers, and answers them in every way there is, as fast as it can; its agents finish at once."""
ROUTERS = 3
KILLS = 30
AT_MOST = 170.0
"""Seconds; whoever is not taken by then counts as lost."""

LEFT = "select count(*)::int as n from routing.interaction where state <> 'ended'"
COUNTS = {
    "finished": "select count(*)::int as n from routing.interaction where state = 'ended' and end_reason = 'finished'",
    "offers": "select count(*)::int as n from routing.offer",
    "still_alerting": "select count(*)::int as n from routing.offer where state = 'alerting'",
    "not_idle": "select count(*)::int as n from presence.routing_status where status <> 'IDLE'",
    # By what was told: taken again although it had not failed since.
    "accepted_twice": """
        select count(*)::int as n from (
          select state, lag(state) over (partition by interaction_id order by id) as before
          from (select id, body ->> 'interaction_id' as interaction_id, body ->> 'state' as state from foundation.audit
                where event = 'routing.offer.changed' and body ->> 'state' in ('accepted', 'failed')) told
        ) followed where state = 'accepted' and before = 'accepted'""",
    "with_two_at_once": """
        select count(*)::int as n from (
          select 1 from routing.offer where state = 'accepted' group by interaction_id having count(*) > 1) doubled""",
    "deadlocks": "select deadlocks::int as n from pg_stat_database where datname = current_database()",
}


@bench(
    "routing-survival",
    group="calls",
    bar=f"0 lost, 0 doubled of {WAITING:,} queued interactions with {AGENTS} agents over kill -9 of routers",
)
def routing_survival() -> Outcome:
    """Three routers at once; every second one is killed, whatever it does, and replaced."""
    with bare_database() as url:
        return asyncio.run(_survive(url))


async def _survive(url: str) -> Outcome:
    database = Database(url)
    await database.open()
    try:
        context = Context(database, Clock(), Actor(ORGANIZATION, "system"))
        await fill(Floor(context))
        routers = Routers(url, context.clock.real_now().isoformat())
        try:
            took = await _kill(context, routers)
        finally:
            routers.stop()
        return await _judge(context, routers.killed, took)
    finally:
        await database.close()


async def _kill(context: Context, routers: "Routers") -> float:
    """Seconds until nobody waited any more, or too many."""
    dice, began = random.Random(11), time.monotonic()
    while (left := await _count(context, LEFT)) and time.monotonic() - began < AT_MOST:
        await asyncio.sleep(0.5 + dice.random())
        if routers.killed < KILLS:
            routers.kill_one(dice)
        if routers.killed % 10 == 1:
            say(f"{routers.killed} routers killed, {left} interactions to go")
    return time.monotonic() - began


async def _judge(context: Context, killed: int, took: float) -> Outcome:
    counted = {name: await _count(context, statement) for name, statement in COUNTS.items()}
    # Beside those who waited there are those whom the agents handled at first, one each at least.
    whole = await _count(context, "select count(*)::int as n from routing.interaction")
    doubled = counted["with_two_at_once"] + counted["accepted_twice"]
    lost = whole - counted["finished"]
    figures: dict[str, Any] = {
        "agents": AGENTS, "interactions": whole, "routers_killed": killed, "seconds": round(took, 1),
        "lost": lost, "doubled": doubled, **counted,
    }  # fmt: skip
    return Outcome(figures, holds=not (lost or doubled or counted["still_alerting"] or counted["not_idle"]))


async def _count(context: Context, statement: Any) -> int:
    async with context.reader() as reader:
        row = await reader.one(statement, {})
    assert row is not None
    return int(row["n"])


class Routers:
    """Router processes that are ended by ``kill -9`` and started anew."""

    def __init__(self, url: str, began: str) -> None:
        self._command = [sys.executable, str(ROUTER), url, began]
        self._seed = 0
        self.killed = 0
        self.running = [self._start() for _ in range(ROUTERS)]

    def _start(self) -> subprocess.Popen[bytes]:
        self._seed += 1
        return subprocess.Popen([*self._command, str(self._seed)])

    def kill_one(self, dice: random.Random) -> None:
        """Kill one in the middle of whatever it does, and start another."""
        place = dice.randrange(ROUTERS)
        self.running[place].send_signal(signal.SIGKILL)
        self.running[place].wait()
        self.running[place] = self._start()
        self.killed += 1

    def stop(self) -> None:
        """End them all."""
        for each in self.running:
            each.kill()
            each.wait()
