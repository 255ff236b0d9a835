"""The router: offers interactions to agents at once when there is news, does what is due by time, and what is to follow from
an event without waiting for the worker, which yields to everybody. One leads.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from shiftline.apps import rooms
from shiftline.apps.connections import make_engines, opened
from shiftline.apps.handling import handle_events
from shiftline.apps.leading import lead
from shiftline.apps.loops import fast_loop, settle
from shiftline.apps.pages import serve_pages
from shiftline.apps.ready import announce_ready
from shiftline.apps.supervisor.child import wait_at_gate
from shiftline.calls.operations import clocks
from shiftline.calls.operations.offering import offer_waiting
from shiftline.foundation import jobs
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.outbox import FOLLOWER, GUARD, ROUTER
from shiftline.foundation.settings import Settings
from shiftline.foundation.telemetry import configure_logs
from shiftline.messaging.operations import offering

ROUTER_LOCK = 0x524F_5554  # "ROUT"
TICK = 0.2
"""Seconds between looks without news: so late is a lease noticed that ran out, and so late an offer while NATS is dead."""
PAUSE = 0.005
"""Seconds after a look that news called for: what is committed meanwhile is looked at once."""
AFTER_ERROR = 0.5
MAY_LEAD_TO_OFFERS = (
    "access",
    "authorization",
    "calls",
    "conversations",
    "identity",
    "messaging",
    "presence",
    "routing",
    "stations",
)
"""The rooms whose news may let somebody be offered something; what others tell is seen at the next tick."""

log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Route until a signal says stop."""
    configure_logs()
    rooms.load("jobs")
    settle()
    wait_at_gate()
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with opened(make_engines(settings, connections=8)) as engines:
        pages = await serve_pages(settings.listen_host, settings.listen_port)
        context = jobs.system_context(engines.database, engines.clock)
        woken = asyncio.Event()
        engines.bus.on_wake(woken.set, MAY_LEAD_TO_OFFERS)
        works = (
            partial(_offer, context, woken),
            partial(_keep_time, context),
            partial(handle_events, engines, ROUTER, jobs.HANDLERS_AT_ONCE),
            # Apart: whoever is told of a call must not wait until hundreds were judged again.
            partial(handle_events, engines, FOLLOWER, {}, jobs.HANDLERS_TOGETHER),
            partial(handle_events, engines, GUARD, {}, jobs.GUARDS),
        )
        # An error that nobody expected ends the process: the supervisor starts it anew, and the next leader goes on.
        async with asyncio.TaskGroup() as group:
            leading = group.create_task(lead(engines.database, "router", ROUTER_LOCK, works))
            announce_ready()
            await stop.wait()
            leading.cancel()
        pages.close()


async def _offer(context: Context, woken: asyncio.Event) -> None:
    while True:
        woken.clear()
        if await _try("offers", _offer_all, context):
            continue
        await asyncio.sleep(PAUSE)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), TICK)


async def _offer_all(context: Context) -> int:
    """Offers of every medium; those of calls ring, the others alert."""
    offered = await offer_waiting(context)
    return offered + await offering.place_offers(context)


async def _run_due(context: Context) -> int:
    return await clocks.run_due(context) + await offering.run_due(context)


async def _keep_time(context: Context) -> None:
    while True:
        if not await _try("clocks", _run_due, context):
            await asyncio.sleep(TICK)


async def _try(name: str, work: Callable[[Context], Awaitable[int]], context: Context) -> int:
    """Do the work; how much was done. A defect is logged and the work tried again: whoever waits must not wait for ever."""
    try:
        return await work(context)
    except Unavailable:
        raise
    except Exception as error:
        log.exception("router.failed", name=name, error=str(error))
        await asyncio.sleep(AFTER_ERROR)
        return 0
