"""Signalling's own part alone: its connections with an authority that knows every answer and asks no database.

Run as ``python -m benchmarks.bare_signalling DOMAIN``; prints its port. For measurements: it lets everybody in.
"""

import asyncio
import gc
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

from benchmarks.processes import stop
from shiftline.apps.loops import fast_loop
from shiftline.foundation.telemetry import configure_logs
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.extensions.services import IceServer
from shiftline.signalling.model import Denial, Identity, Welcome
from shiftline.signalling.switchboard import Switchboard
from shiftline.signalling.websocket import listen


class Everybody:
    """Lets everybody in as whoever they say they are."""

    async def authenticate(self, channel_id: str, jid: str, token: str) -> Welcome | Denial:
        return Welcome(Identity("bench", jid, channel_id, token, jid))

    async def admit(self, channel_id: str) -> Welcome | Denial:
        return Denial("not-authorized", f"{channel_id} is not known.")

    async def subscribe(self, identity: Identity, topic: str) -> frozenset[str] | Denial:
        return frozenset({topic, identity.channel_id})

    async def unsubscribe(self, identity: Identity, topic: str) -> frozenset[str]:
        return frozenset({topic, identity.channel_id})


async def serve(domain: str) -> None:
    """Listen on a free port until the process is ended."""
    configure_logs()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    switchboard = Switchboard(speak(domain, [IceServer("stun", "localhost")]), Everybody())
    switchboard.start()
    server = await listen(switchboard, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


@contextmanager
def running_bare(domain: str) -> Generator[tuple[int, int]]:
    """A process of it: (process id, port)."""
    command = [sys.executable, "-m", "benchmarks.bare_signalling", domain]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
    finally:
        stop(process)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(serve(sys.argv[1]))
