"""A whole installation in a process of its own, with small programs in place of Shiftline's."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from shiftline.apps.running import find_settings

PROGRAMS = str(Path(__file__).with_name("supervised.py"))
T = TypeVar("T")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the database's own user can reach; pytest's is closed to it."""
    yield from _folder()


@pytest.fixture
def own_folder() -> Iterator[Path]:
    yield from _folder()


def _folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="shiftline-test-"))
    path.chmod(0o755)
    try:
        yield path / "data"
    finally:
        shutil.rmtree(path, ignore_errors=True)


@dataclass
class Installation:
    """One `serve` in a process of its own."""

    data: Path
    port: int = field(default_factory=lambda: free_port())  # noqa: PLW0108  defined below
    process: subprocess.Popen[str] | None = None
    ready: dict[str, Any] = field(default_factory=dict[str, Any])

    def launch(self) -> subprocess.Popen[str]:
        command = [sys.executable, PROGRAMS, "serve", str(self.data), str(self.port)]
        with (self.data.parent / "stderr").open("w") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        return self.process

    def start(self) -> "Installation":
        output = self.launch().stdout
        assert output is not None
        self.ready = json.loads(output.readline() or "{}")
        return self

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(12)

    @property
    def children(self) -> dict[str, int]:
        """Process ids by the program's name."""
        assert self.process is not None
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {program_of(int(pid)): int(pid) for pid in text.split()}

    @property
    def database_url(self) -> str:
        return find_settings(self.data, {}).database_url

    def fetch(self, host: str, path: str, method: str = "GET", **headers: str) -> tuple[int, Any]:
        with self.connect(host) as connection:
            client = http.client.HTTPConnection(host, self.port)
            client.sock = connection
            client.request(method, path, headers=headers)
            answer = client.getresponse()
            body = answer.read()
            is_json = body.startswith(b"{")
            return answer.status, json.loads(body) if is_json else body

    def connect(self, host: str) -> ssl.SSLSocket:
        trust = ssl.create_default_context(cafile=self.ready["caCertificate"])
        return trust.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=8), server_hostname=host)

    def upgrade(self, path: str) -> ssl.SSLSocket:
        connection = self.connect("streaming.localhost")
        head = f"GET {path} HTTP/1.1\r\nHost: streaming.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        connection.sendall((head + key).encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 101")
        return connection

    @property
    def processes(self) -> list[str]:
        """The commands of live processes, other than this one, that name the folder or work in it."""
        text = str(self.data)
        found: list[str] = []
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                command = (process / "cmdline").read_bytes().decode() if process.name.isdigit() else ""
                if (
                    command
                    and int(process.name) != os.getpid()
                    and (text in command or text in str((process / "cwd").readlink()))
                ):
                    found.append(command.replace("\0", " "))
        return found

    @staticmethod
    def eventually(look: Callable[[], T], within: float = 15) -> T:
        deadline = time.monotonic() + within
        while True:
            with contextlib.suppress(Exception):
                if found := look():
                    return found
            if time.monotonic() > deadline:
                result = look()
                assert result, "it did not happen in time"
                return result
            time.sleep(0.05)

    @staticmethod
    def is_alive(pid: int) -> bool:
        try:
            return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False

    @staticmethod
    def listening_addresses(pid: int) -> list[str]:
        sockets = {
            link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if "socket" in str(link.readlink())
        }
        found: list[str] = []
        for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
                    raw = bytes.fromhex(words[1].partition(":")[0])
                    found.append(socket.inet_ntop(family, raw[::-1] if family == socket.AF_INET else raw))
        return found


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Installation]:
    installation = Installation(folder).start()
    assert installation.ready, (folder.parent / "stderr").read_text()
    try:
        yield installation
    finally:
        installation.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program_of(pid: int) -> str:
    """`postgres`, `nats-server`, `caddy`, or the role of one of ours; empty for a zombie."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return command[2] if len(command) > 2 and command[1] == PROGRAMS else Path(command[0]).name
