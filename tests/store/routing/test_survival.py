"""Several routers at once, each killed again and again: every interaction is taken exactly once, and none is lost."""

import asyncio
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.store.routing.floor import Floor
from tests.store.routing.hasty_router import HastyClock

from shiftline.foundation.context import Context

ROUTER = Path(__file__).with_name("hasty_router.py")
AGENTS, CALLS, ROUTERS, KILLS = 6, 32, 3, 8
OFFERS_BETWEEN = 6
IN_SECONDS = 150


class Routers:
    """Router processes that are ended by ``kill -9`` and started anew."""

    def __init__(self, url: str, began: str) -> None:
        self._command = [sys.executable, str(ROUTER), url, began]
        self._seeds = iter(range(1, 1000))
        self.running = [self._start() for _ in range(ROUTERS)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*self._command, str(next(self._seeds))], stderr=subprocess.PIPE)

    def kill_one(self, dice: random.Random) -> None:
        """Kill one in the middle of whatever it does, and start another."""
        place = dice.randrange(ROUTERS)
        assert self.running[place].poll() is None, (self.running[place].stderr or sys.stdin).read()
        self.running[place].send_signal(signal.SIGKILL)
        self.running[place].wait()
        self.running[place] = self._start()

    def stop(self) -> None:
        for each in self.running:
            each.kill()
            each.wait()


async def ask(context: Context, statement: Any) -> list[Any]:
    async with context.reader() as reader:
        return [tuple(row.values()) for row in await reader.all(statement, {})]


async def test_each_is_taken_once_and_none_is_lost_whoever_is_killed(floor: Floor, database_url: str) -> None:
    dice, began = random.Random(7), floor.context.clock.real_now()
    floor.context = floor.context.with_clock(HastyClock(began))  # type: ignore[assignment]
    queue = await floor.queue("Voice")
    for number in range(AGENTS):
        await floor.agent(f"agent-{number}", queue)
    for _ in range(CALLS):
        await floor.call(queue, priority=dice.randrange(3))
    async with floor.context.transaction() as tx:
        await tx.execute("update presence.session_lease set expires_at = expires_at + interval '1 hour'", {})
    routers = Routers(database_url, began.isoformat())
    settled = "select count(*) from routing.offer where state <> 'alerting'"
    left = "select count(*) from routing.interaction where state <> 'ended'"
    try:
        async with asyncio.timeout(IN_SECONDS):
            for number in range(KILLS):
                while (await ask(floor.context, settled))[0][0] < number * OFFERS_BETWEEN:
                    await asyncio.sleep(0.02)
                await asyncio.sleep(0.1 * dice.random())
                routers.kill_one(dice)
            while (await ask(floor.context, left)) != [(0,)]:
                await asyncio.sleep(0.2)
    finally:
        routers.stop()
    assert await ask(floor.context, "select end_reason, count(*) from routing.interaction group by 1") == [
        ("finished", CALLS)
    ]
    accepted = """
        select count(*) as offers, count(distinct o.interaction_id) as interactions, count(distinct a.id) as told
        from routing.offer o
        join foundation.audit a on a.event = 'routing.offer.changed' and a.body ->> 'offer_id' = o.id
          and a.body ->> 'state' = 'accepted'
        where o.state = 'accepted'
    """
    assert await ask(floor.context, accepted) == [(CALLS, CALLS, CALLS)]
    assert await ask(floor.context, "select count(*) from routing.offer where state = 'alerting'") == [(0,)]
    idle = "select status, count(*) from presence.routing_status group by 1"
    assert await ask(floor.context, idle) == [("IDLE", AGENTS)]
    states = {state for (state,) in await ask(floor.context, "select distinct state from routing.offer")}
    assert states >= {"accepted", "declined", "missed", "failed"}, "all of it happened"
    deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
    assert await ask(floor.context, deadlocks) == [(0,)]
