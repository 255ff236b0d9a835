"""Handlers of events: each gets the news from the outbox in their order, at least once."""

import asyncio
import contextlib

import structlog

from shiftline.apps.connections import Engines
from shiftline.foundation import jobs
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.outbox import News, OutboxReader
from shiftline.foundation.telemetry import JOBS

TRIES = 3
PAUSE = 0.05
"""Seconds after news before the next look: what is committed meanwhile is handled, and the place saved, once."""
LOOK = 1.0
"""Seconds between looks while nothing wakes us."""

log = structlog.get_logger()


async def handle_events(engines: Engines, consumer: str, handlers: jobs.Handlers) -> None:
    """Hand to ``handlers`` what happens, from the consumer's saved place on, for ever. Raises Unavailable."""
    woken = asyncio.Event()
    engines.bus.on_wake(woken.set)
    outbox = OutboxReader(engines.database, consumer, handlers)
    while True:
        woken.clear()
        news = await outbox.read()
        for item in news:
            await _handle(engines, item, handlers)
        if news:
            await outbox.save()
            await asyncio.sleep(PAUSE)
        if outbox.has_more:
            continue
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), LOOK)


async def _handle(engines: Engines, item: News, handlers: jobs.Handlers) -> None:
    context = jobs.system_context(engines.database, engines.clock, item.event, correlation_id=item.correlation_id)
    for handler in handlers.get(type(item.event), []):
        for attempt in range(1, TRIES + 1):
            try:
                await handler(context, item.event)
            except Unavailable:
                raise
            except Exception as error:
                log.exception("handler.failed", handler=handler.__name__, attempt=attempt, error=str(error))
                JOBS.labels(handler.__name__, "failed").inc()
                await asyncio.sleep(0.2 * attempt)
            else:
                JOBS.labels(handler.__name__, "done").inc()
                break
