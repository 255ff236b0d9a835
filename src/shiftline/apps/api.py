"""The API process: every room's operations on one ASGI application under uvicorn."""

import asyncio
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvicorn
from litestar.types import ASGIApp, ControllerRouterHandler

from shiftline.apps import rooms
from shiftline.apps.connections import Engines, make_engines, opened
from shiftline.apps.exports import places_of
from shiftline.apps.ice import servers_for_callers
from shiftline.apps.loops import fast_loop, settle
from shiftline.apps.ready import announce_ready
from shiftline.apps.running import DEMO
from shiftline.apps.supervisor.child import wait_at_gate
from shiftline.foundation.bus import Bell
from shiftline.foundation.context import Actor
from shiftline.foundation.revisions import Revisions
from shiftline.foundation.settings import Settings
from shiftline.foundation.telemetry import configure_logs
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import Vault
from shiftline.signalling.propagation.operations import find_arrivals

HEARD_BY_GUESTS = ("conversations", "messaging")
"""The rooms whose news guests who write wait for."""


def application(settings: Settings, engines: Engines) -> ASGIApp:
    """The whole API on the given engines."""

    async def who(token: str) -> Actor:
        return await authenticate(engines.database, engines.clock, token)

    bell = Bell()
    engines.bus.on_wake(bell.ring, HEARD_BY_GUESTS)
    return build(
        [*rooms.routes(), *demo_routes(os.environ)],
        database=engines.database,
        clock=engines.clock,
        authenticate=who,
        options=WebOptions(
            environment=settings.environment,
            cors_origins=settings.cors_origins,
            extra_state={
                "expansions": rooms.expansions(),
                "find_arrivals": find_arrivals,
                "objects": engines.objects,
                "topics": rooms.topics(),
                "news": bell,
                "mail_relay": bool(settings.smtp_relay),
                "ice_servers": servers_for_callers(settings),
                "places": places_of(settings),
                "vault": Vault(engines.objects, Keys(settings.recording_keys)),
                "imports": settings.imports,
                "revisions": Revisions(engines.database, engines.replica),
            },
        ),
    )


def demo_routes(variables: Mapping[str, str]) -> Sequence[ControllerRouterHandler]:
    """What there is in a demo only, which a variable tells."""
    folder = variables.get(DEMO)
    if not folder:
        return ()
    from shiftline.apps.demo_calls import routes

    return routes(Path(folder))


def run(settings: Settings) -> None:
    """Serve until a signal says stop."""
    configure_logs()
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    engines = make_engines(settings, reads_replica=True)
    config = uvicorn.Config(
        application(settings, engines),
        log_config=None,
        access_log=False,
        lifespan="on",
        backlog=4096,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
        server_header=False,
        date_header=True,
        # Who asked is read where it is needed; nothing else of what a proxy adds is.
        proxy_headers=False,
    )
    config.load()
    settle()
    wait_at_gate()
    async with opened(engines):
        listener = socket.socket(socket.AF_INET6 if ":" in settings.listen_host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.listen_host, settings.listen_port))
        server = _AnnouncingServer(config)
        await server.serve(sockets=[listener])


class _AnnouncingServer(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        announce_ready()
