"""A media process: the packets of the calls that live in it. It has a slot, and what it holds is in PostgreSQL as well."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from shiftline.apps.connections import make_engines, opened
from shiftline.apps.loops import fast_loop, settle
from shiftline.apps.media_metrics import MediaMetrics
from shiftline.apps.pages import serve_pages
from shiftline.apps.ready import announce_ready
from shiftline.apps.supervisor.child import wait_at_gate
from shiftline.calls.media.model import EngineOptions
from shiftline.calls.node.node import Node, NodeEngines
from shiftline.foundation.settings import SettingInvalidError, Settings, parse_ice_url
from shiftline.foundation.telemetry import REGISTRY, configure_logs
from shiftline.recordings.keys import Keys
from shiftline.recordings.spool.files import Spool

PRECEDENCE = 10


def run(settings: Settings) -> None:
    """Carry calls until a signal says stop. Raises SettingInvalidError where a setting that it needs is missing."""
    configure_logs()
    if settings.spool is None:
        raise SettingInvalidError("SHIFTLINE_SPOOL is not set")
    wait_at_gate()
    _go_first()
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        in_order = runner.run(_serve(settings, settings.spool))
    # A process whose lease was lost says so by its end: its calls are elsewhere, and it is to be started anew.
    sys.exit(0 if in_order else 1)


def _go_first() -> None:
    """A packet that waits for the processor is a gap in somebody's sentence. Where that is not allowed, it is as it is."""
    with contextlib.suppress(OSError):
        os.nice(-PRECEDENCE)
    # Linux shares the processor between sessions first, and the supervisor gives each program one: see sched(7).
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(-PRECEDENCE))


def options(settings: Settings) -> EngineOptions:
    """The engine's options."""
    stun = parse_ice_url(settings.stun_url) if settings.stun_url else None
    return EngineOptions(
        addresses=settings.media_addresses,
        advertised=settings.media_advertised or None,
        port_range=settings.media_ports,
        stun_server=(stun.host, stun.port) if stun is not None else None,
    )


async def _serve(settings: Settings, spool: Path) -> bool:
    """Whether it was told to stop."""
    settle()  # a collection that walks through all that is loaded would hold up packets
    # A packet waits for no other thread longer than this; the usual 5 ms is a quarter of a packet's length.
    sys.setswitchinterval(0.001)
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with opened(make_engines(settings, connections=6)) as engines:
        node = Node(
            NodeEngines(
                database=engines.database,
                bus=engines.bus,
                clock=engines.clock,
                objects=engines.objects,
                keys=Keys(settings.recording_keys),
                spool=Spool(spool, engines.clock),
            ),
            options(settings),
            settings.media_slot,
        )
        REGISTRY.register(MediaMetrics(node))
        pages = await serve_pages(settings.listen_host, settings.listen_port)
        await node.run(stop, announce_ready)
        pages.close()
    return stop.is_set()
