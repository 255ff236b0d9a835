"""The signalling process: live connections on one port, fed from the outbox."""

import asyncio
import gc
import signal
from collections.abc import Sequence
from typing import Any, cast

from shiftline.apps import rooms
from shiftline.apps.connections import Engines, make_engines, opened
from shiftline.apps.loops import fast_loop
from shiftline.apps.pages import PAGES
from shiftline.apps.ready import announce_ready
from shiftline.apps.supervisor.child import wait_at_gate
from shiftline.foundation.settings import Settings, parse_ice_url
from shiftline.foundation.telemetry import configure_logs
from shiftline.signalling.delivery import Delivery
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.extensions.services import IceServer, Provider, with_credentials
from shiftline.signalling.leases import Leases
from shiftline.signalling.softphones import Softphones
from shiftline.signalling.standing import Standing
from shiftline.signalling.switchboard import Switchboard
from shiftline.signalling.truth import Truth
from shiftline.signalling.websocket import listen


def run(settings: Settings) -> None:
    """Serve until a signal says stop."""
    configure_logs()
    rooms.load("topics")
    wait_at_gate()
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(_serve(settings))


def ice_servers(settings: Settings) -> Sequence[IceServer] | Provider:
    """The STUN server, and the TURN server with credentials for each who asks, if one is set."""
    # A host on the softphone's own network needs no STUN; the entry keeps its client from insisting on a relay.
    stun = _ice_server(settings.stun_url) if settings.stun_url else IceServer("stun", settings.host)
    if not settings.turn_url:
        return [stun]
    return with_credentials([stun, _ice_server(settings.turn_url)], settings.turn_secret)


def _ice_server(text: str) -> IceServer:
    url = parse_ice_url(text)
    # COMPAT: the vendor's client puts its addresses together as they come, and an IPv6 address needs brackets there.
    host = f"[{url.host}]" if ":" in url.host else url.host
    return IceServer(cast("Any", url.scheme), host, url.port, url.transport or None)


async def _serve(settings: Settings) -> None:
    # What is loaded stays: the collector need not look at it again, nor as often for thousands of long-lived sessions.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with opened(make_engines(settings, connections=8)) as engines:
        await _connect(settings, engines, stop)


async def _connect(settings: Settings, engines: Engines, stop: asyncio.Event) -> None:
    truth = Truth(engines.database, engines.clock, rooms.topics())
    dialect = speak(f"notifications.{settings.environment}", ice_servers(settings))
    switchboard = Switchboard(dialect, truth, Softphones(engines.database, engines.clock))
    switchboard.start()
    standing = Standing(engines.database, engines.clock, switchboard)
    delivery = Delivery(engines.database, switchboard, truth, rooms.notifiers(), standing=standing)
    leases = Leases(engines.database, engines.clock)
    switchboard.on_open.append(leases.open)
    switchboard.on_close.append(leases.close)
    server = await listen(switchboard, settings.listen_host, settings.listen_port, PAGES)
    works = (
        delivery.run(engines.bus),
        delivery.watch_ends(engines.clock),
        delivery.keep_channels(),
        leases.write(),
        leases.renew(),
    )
    announce_ready()
    # Whatever ends one of these by an error ends the process: the supervisor starts it anew, and clients come back.
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        await stop.wait()
        server.close()
        await switchboard.stop()
        for task in tasks:
            task.cancel()
    await leases.stop()
