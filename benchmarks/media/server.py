"""The process under measurement: the media engine in our kind of loop, told by JSON lines over loopback what to connect.

``python -m benchmarks.media.server FOLDER`` prints its port, and ends when its standard input does.
"""

import asyncio
import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from benchmarks.media import SERVER, prefer
from shiftline.apps.loops import fast_loop
from shiftline.calls.media.engine import Engine
from shiftline.calls.media.model import EngineOptions, Legs, RecordingSummary
from shiftline.foundation.clock import Clock
from shiftline.foundation.ids import new_id
from shiftline.recordings.spool.files import Spool, SpoolFile


class Sink:
    """A recording in the spool, encrypted as the product's are; its length is noted at the end."""

    def __init__(self, file: SpoolFile, lengths: list[int]) -> None:
        self._file = file
        self._lengths = lengths

    def write(self, data: bytes) -> None:
        self._file.write(data)

    def finish(self, summary: RecordingSummary) -> None:
        self._lengths.append(summary.duration_ms)
        self._file.finish(summary).release()


class Deaf:
    """A listener that nobody asks."""

    def leg_connected(self, leg_id: str) -> None: ...

    def leg_failed(self, leg_id: str, reason: str) -> None: ...

    def leg_recovered(self, leg_id: str) -> None: ...

    def digit(self, leg_id: str, digit: str) -> None: ...


class Server:
    """Connects two-party calls, recorded on both sides, and ends them."""

    def __init__(self, folder: Path) -> None:
        self._spool = Spool(folder, Clock())
        self._organization_id = new_id()
        self._lengths: list[int] = []
        self._engine = Engine(EngineOptions(addresses=("127.0.0.1",)), Deaf())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(json.dumps(await self.do(**json.loads(line))).encode() + b"\n")
        writer.close()

    async def do(self, offers: list[str] | None = None, call: int = 0) -> Any:
        """Connect a call of these two offers; without them, end all calls, and tell what was thrown away and how long the shortest recording is."""
        if offers is None:
            for leg_id in self._engine.legs:
                await self._engine.close_leg(leg_id)
            return {"garbage": self._engine.garbage.total(), "recorded_ms": min(self._lengths)}
        names = f"{call}a", f"{call}b"
        answers = [await self._engine.create_leg(name, offer) for name, offer in zip(names, offers, strict=True)]
        for name, other in zip(names, reversed(names), strict=True):
            self._engine.hear(name, Legs(frozenset({other})))
            self._engine.record(name, self._sink())
        return answers

    def _sink(self) -> Sink:
        return Sink(self._spool.begin(self._organization_id, new_id(), os.urandom(32)), self._lengths)

    async def sync(self) -> None:
        """Bring recordings to the disk each second, as a media node does."""
        while True:
            await asyncio.to_thread(self._spool.sync)
            await asyncio.sleep(1)


async def run() -> None:
    """Serve until standard input ends."""
    prefer(SERVER)
    ours = Server(Path(sys.argv[1]))
    server = await asyncio.start_server(ours.serve, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    gc.collect()
    gc.freeze()
    # As the media process does: a packet waits for no other thread longer than this.
    sys.setswitchinterval(0.001)
    syncing = asyncio.create_task(ours.sync())
    await asyncio.to_thread(sys.stdin.read)
    syncing.cancel()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(run())
