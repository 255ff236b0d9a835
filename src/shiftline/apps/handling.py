"""Handlers of events: each gets the news from the outbox in their order, at least once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from shiftline.apps.connections import Engines
from shiftline.foundation import jobs
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.events import room_of
from shiftline.foundation.outbox import News, OutboxReader
from shiftline.foundation.telemetry import JOBS

TRIES = 3
PAUSE = 0.05
"""Seconds after news before the next look: what is committed meanwhile is handled, and the place saved, once."""
LOOK = 1.0
"""Seconds between looks while nothing wakes us."""

log = structlog.get_logger()


async def handle_events(
    engines: Engines, consumer: str, handlers: jobs.Handlers, together: jobs.BatchHandlers | None = None
) -> None:
    """Hand to ``handlers`` what happens, from the consumer's saved place on, for ever, and then to those who take it
    ``together``. Raises Unavailable.
    """
    together = together or {}
    wanted = {*handlers, *(kind for kinds in together.values() for kind in kinds)}
    woken = asyncio.Event()
    engines.bus.on_wake(woken.set, {room_of(kind) for kind in wanted})
    outbox = OutboxReader(engines.database, consumer, wanted)
    while True:
        woken.clear()
        news = await outbox.read()
        for item in news:
            await _handle(engines, item, handlers)
        for handler, kinds in together.items():
            await _handle_together(engines, [item for item in news if isinstance(item.event, kinds)], handler)
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
        await _try(handler, context, item.event)


async def _handle_together(engines: Engines, news: Sequence[News], handler: jobs.BatchHandler) -> None:
    by_organization: dict[str, list[News]] = {}
    for item in news:
        by_organization.setdefault(item.event.organization_id, []).append(item)
    for items in by_organization.values():
        first = items[0]
        context = jobs.system_context(engines.database, engines.clock, first.event, correlation_id=first.correlation_id)
        await _try(handler, context, [item.event for item in items])


async def _try(handler: Callable[[Context, Any], Awaitable[None]], context: Context, happened: Any) -> None:
    name = getattr(handler, "__name__", "handler")
    for attempt in range(1, TRIES + 1):
        try:
            await handler(context, happened)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("handler.failed", handler=name, attempt=attempt, error=str(error))
            JOBS.labels(name, "failed").inc()
            await asyncio.sleep(0.2 * attempt)
        else:
            JOBS.labels(name, "done").inc()
            break
