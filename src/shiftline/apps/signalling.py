"""The signalling process: live connections on one port, fed from the outbox."""

import asyncio
import signal

from shiftline.apps import rooms
from shiftline.apps.connections import Engines, make_engines, opened
from shiftline.apps.ice import ice_servers
from shiftline.apps.loops import fast_loop, settle
from shiftline.apps.pages import PAGES
from shiftline.apps.ready import announce_ready
from shiftline.apps.supervisor.child import wait_at_gate
from shiftline.foundation.settings import Settings
from shiftline.foundation.telemetry import configure_logs
from shiftline.signalling.delivery import Delivery
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.leases import Leases
from shiftline.signalling.propagation.measuring import Propagation
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


async def _serve(settings: Settings) -> None:
    settle()
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with opened(make_engines(settings, connections=8)) as engines:
        await _connect(settings, engines, stop)


async def _connect(settings: Settings, engines: Engines, stop: asyncio.Event) -> None:
    truth = Truth(engines.database, engines.clock, rooms.topics())
    dialect = speak(f"notifications.{settings.environment}", ice_servers(settings))
    switchboard = Switchboard(
        dialect, truth, Softphones(engines.database, engines.clock), shows_life=not settings.alone
    )
    switchboard.start()
    standing = Standing(engines.database, engines.clock, switchboard)
    propagation = Propagation(engines.database, engines.clock, settings.node)
    delivery = Delivery(
        engines.database, switchboard, truth, rooms.notifiers(), standing=standing, propagation=propagation
    )
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
        propagation.keep(),
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
    await asyncio.gather(leases.stop(), propagation.stop())
