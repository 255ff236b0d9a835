"""rtpengine from Debian in user space, on loopback, with its own configuration; told what to do over its control port.

Source: its documentation of the "ng" protocol; ``rtpengine --help``.
"""

import asyncio
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from benchmarks.media import SERVER, prefer
from benchmarks.processes import free_port, stop
from benchmarks.registry import Skipped

PROGRAM = "rtpengine"


@contextmanager
def running(core: int | None = None) -> Generator[tuple[int, int, str, Path]]:
    """A running one: its process id, control port, version, and the folder it records to."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise Skipped("rtpengine is not installed (Debian: rtpengine-daemon)")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    folder, port = Path(tempfile.mkdtemp(prefix="shiftline-rtpengine-")), free_port()
    arguments = [
        program, "--foreground", "--log-stderr", "--log-level=3", "--table=-1", "--interface=127.0.0.1", f"--listen-ng=127.0.0.1:{port}",
        "--config-file=none", "--num-threads=1", "--recording-method=pcap", f"--recording-dir={folder}", "--port-min=42000", "--port-max=60000",
    ]  # fmt: skip
    prefix = [] if core is None else ["taskset", "-c", str(core)]
    process = subprocess.Popen(
        [*prefix, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
        preexec_fn=lambda: prefer(SERVER),  # noqa: PLW1509 - its threads take it from there
    )  # fmt: skip
    try:
        time.sleep(1.0)
        if process.poll() is not None:
            assert process.stderr is not None
            raise Skipped(f"rtpengine did not start: {process.stderr.read()[-300:]}")
        yield process.pid, port, (version.stdout or version.stderr).strip().split("\n")[0], folder
    finally:
        stop(process, 5)
        shutil.rmtree(folder, ignore_errors=True)


def recorded(folder: Path) -> int:
    """The bytes that were recorded so far."""
    return sum(each.stat().st_size for each in folder.rglob("*.pcap"))


class Control(asyncio.DatagramProtocol):
    """Its control port."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, asyncio.Future[dict[str, Any]]] = {}

    @classmethod
    async def open(cls, port: int) -> "Control":
        _, control = await asyncio.get_running_loop().create_datagram_endpoint(cls, remote_addr=("127.0.0.1", port))
        return control

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        del addr
        cookie, _, body = data.partition(b" ")
        waiting = self._waiting.pop(cookie, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(_read(body, 0)[0])

    async def offer(self, call: str, sdp: str) -> str:
        """The offer that the other side gets."""
        return await self._ask({"command": "offer", "call-id": call, "from-tag": "a", "sdp": sdp, **_SETTINGS})

    async def answer(self, call: str, sdp: str) -> str:
        """The answer that the offerer gets."""
        return await self._ask(
            {"command": "answer", "call-id": call, "from-tag": "a", "to-tag": "b", "sdp": sdp, **_SETTINGS}
        )

    async def _ask(self, command: dict[str, Any]) -> str:
        cookie = secrets.token_hex(6).encode()
        self._waiting[cookie] = asyncio.get_running_loop().create_future()
        self._transport.sendto(cookie + b" " + _write(command))
        found = await asyncio.wait_for(self._waiting[cookie], 10)
        if found.get("result") != "ok":
            raise ConnectionError(f"rtpengine: {found}")
        return found["sdp"]


_SETTINGS = {
    "ICE": "force",
    "transport-protocol": "UDP/TLS/RTP/SAVPF",
    "rtcp-mux": ["offer", "require"],
    "flags": ["trust-address", "generate-mid"],
    "record call": "on",
}


def _write(value: Any) -> bytes:
    if isinstance(value, dict):
        return b"d" + b"".join(_write(key) + _write(each) for key, each in value.items()) + b"e"
    if isinstance(value, list):
        return b"l" + b"".join(map(_write, value)) + b"e"
    if isinstance(value, int):
        return b"i%de" % value
    data = str(value).encode()
    return b"%d:" % len(data) + data


def _read(data: bytes, place: int) -> tuple[Any, int]:
    kind = data[place : place + 1]
    if kind == b"i":
        end = data.index(b"e", place)
        return int(data[place + 1 : end]), end + 1
    if kind in {b"l", b"d"}:
        place += 1
        items: list[Any] = []
        while data[place : place + 1] != b"e":
            item, place = _read(data, place)
            items.append(item)
        return (items if kind == b"l" else dict(zip(items[::2], items[1::2], strict=True))), place + 1
    colon = data.index(b":", place)
    end = colon + 1 + int(data[place:colon])
    return data[colon + 1 : end].decode(), end
