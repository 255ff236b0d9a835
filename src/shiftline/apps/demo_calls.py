"""The demo's button: callers who are not there ring a queue. Only where the demo runs; elsewhere there is no such path."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import structlog
from litestar import get, post
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from shiftline.apps.callers.child import callers_child
from shiftline.apps.callers.queues import list_open_queues
from shiftline.apps.supervisor.child import Started, start_child
from shiftline.apps.supervisor.kept import ended, read_lines
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Conflict, LimitReached
from shiftline.foundation.web.wire import Identifier, NamedReference, Wire

PATH = "/api/v2/shiftline/demo/callers"
MOST_AT_ONCE = 10
"""Callers that ring or talk at a time: each costs a tenth of a core."""


log = structlog.get_logger()


class WireCallers(Wire):
    """How many shall call, and which queue; without one, the open one that most agents are in."""

    count: Annotated[int, Meta(ge=1, le=5)] = 1
    queue_id: Identifier | None = None


class WireCallersNow(Wire, omit_defaults=False):
    """How many callers are on the line, and how many can be at once."""

    count: int
    most: int


class WireRinging(Wire):
    """How many call which queue."""

    count: int
    queue: NamedReference


class Callers:
    """The processes of callers that this program started; they end with it."""

    def __init__(self, start: Callable[[int, str], "asyncio.Future[int]"]) -> None:
        self._start = start
        self._running: dict[asyncio.Future[int], int] = {}

    @property
    def count(self) -> int:
        """How many were sent and have not ended."""
        return sum(self._running.values())

    def send(self, count: int, queue_id: str) -> None:
        """Let so many call. Raises LimitReached while too many do already."""
        if self.count + count > MOST_AT_ONCE:
            raise LimitReached(
                f"{self.count} callers are on the line already; {MOST_AT_ONCE} are the most at once.",
                limit=("demo.callers", "shiftline", MOST_AT_ONCE),
                retry_after=timedelta(seconds=30),
            )
        running = self._start(count, queue_id)
        self._running[running] = count
        running.add_done_callback(self._running.pop)


def routes(folder: Path) -> Sequence[ControllerRouterHandler]:
    """The button's operation, for a demo on a data folder."""

    def start(count: int, queue_id: str) -> asyncio.Future[int]:
        started = start_child(callers_child(folder, count, queue_id), folder / "logs" / "callers.log")
        return asyncio.ensure_future(_follow(started))

    return make_routes(Callers(start))


async def _follow(started: Started) -> int:
    if started.ready_fd is not None:
        await read_lines(started.ready_fd, lambda sentence: log.info("demo.caller", sentence=sentence))
    return await ended(started.process)


def make_routes(callers: Callers) -> Sequence[ControllerRouterHandler]:
    """The operations that tell of ``callers`` and send them."""

    @get(PATH, operation_id="getShiftlineDemoCallers", include_in_schema=False)
    async def get_callers() -> WireCallersNow:
        """How many are on the line, and how many can be."""
        return WireCallersNow(count=callers.count, most=MOST_AT_ONCE)

    @post(PATH, operation_id="postShiftlineDemoCallers", status_code=202, include_in_schema=False)
    async def post_callers(context: Context, data: WireCallers) -> WireRinging:
        """Callers ring a queue of the caller's own organization. Raises Conflict where none is open."""
        system = context.acting_as(Actor(context.organization_id, "system"))
        queues = await list_open_queues(system, data.queue_id)
        if not queues:
            raise Conflict("No such queue is open to callers from the web.", code="web.calls.closed")
        callers.send(data.count, queues[0].id)
        return WireRinging(count=data.count, queue=NamedReference(id=queues[0].id, name=queues[0].name))

    return [get_callers, post_callers]
