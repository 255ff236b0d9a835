"""The process under measurement: the media engine in our kind of loop, told by JSON lines over loopback what to connect.

``python -m benchmarks.media.server FOLDER`` prints its port, and ends when its standard input does.
"""

import asyncio
import gc
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.media import SERVER, prefer
from shiftline.apps.loops import fast_loop
from shiftline.calls.media.engine import Engine
from shiftline.calls.media.model import EngineOptions, Legs, RecordingSummary


class FileSink:
    """A recording in a file, flushed with each page."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def write(self, data: bytes) -> None:
        self._file.write(data)

    def finish(self, summary: RecordingSummary) -> None:
        lengths.append(summary.duration_ms)
        self._file.close()


lengths: list[int] = []
"""Of the recordings that were finished, in milliseconds."""


class Deaf:
    """A listener that nobody asks."""

    def leg_connected(self, leg_id: str) -> None: ...

    def leg_failed(self, leg_id: str, reason: str) -> None: ...

    def leg_recovered(self, leg_id: str) -> None: ...

    def digit(self, leg_id: str, digit: str) -> None: ...


class Server:
    """Connects two-party calls, recorded on both sides, and ends them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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
            return {"garbage": self._engine.garbage.total(), "recorded_ms": min(lengths)}
        names = f"{call}a", f"{call}b"
        answers = [await self._engine.create_leg(name, offer) for name, offer in zip(names, offers, strict=True)]
        for name, other in zip(names, reversed(names), strict=True):
            self._engine.hear(name, Legs(frozenset({other})))
            self._engine.record(name, FileSink(self._folder / f"{name}.ogg"))
        return answers


async def run() -> None:
    """Serve until standard input ends."""
    prefer(SERVER)
    server = await asyncio.start_server(Server(Path(sys.argv[1])).serve, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    gc.collect()
    gc.freeze()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(run())
