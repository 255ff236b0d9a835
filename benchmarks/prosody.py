"""Prosody from Debian on a free loopback port, with its own folder and accounts in the plain: its cheapest."""

import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import free_port, stop
from benchmarks.registry import Skipped, say

CONFIGURATION = """
run_as_root = true
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{folder}"
admins = {{}}
modules_enabled = {{ "saslauth", "ping", "websocket" }}
modules_disabled = {{ "s2s", "offline" }}
c2s_ports = {{}}
c2s_direct_tls_ports = {{}}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
authentication = "internal_plain"
network_backend = "epoll"
http_ports = {{ {port} }}
http_interfaces = {{ "127.0.0.1" }}
https_ports = {{}}
limits = {{}}
log = {{ warn = "{folder}/log" }}
VirtualHost "localhost"
"""


@dataclass(frozen=True)
class Prosody:
    """A running Prosody."""

    pid: int
    port: int
    version: str

    @property
    def url(self) -> str:
        """Its WebSocket endpoint."""
        return f"ws://127.0.0.1:{self.port}/xmpp-websocket"


@contextmanager
def running_prosody(accounts: int) -> Generator[Prosody]:
    """A fresh Prosody with the accounts u0, u1, ... of the password ``secret``."""
    program = shutil.which("prosody")
    if program is None:
        raise Skipped("Prosody is not installed: apt-get install prosody")
    folder = Path(tempfile.mkdtemp(prefix="prosody-bench-"))
    store = folder / "data" / "localhost" / "accounts"
    store.mkdir(parents=True)
    for number in range(accounts):
        (store / f"u{number}.dat").write_text('return {\n\t["password"] = "secret";\n};\n')
    port = free_port()
    (folder / "prosody.cfg.lua").write_text(CONFIGURATION.format(folder=folder, port=port))
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            [program, "--config", str(folder / "prosody.cfg.lua"), "-F"], stdout=output, stderr=output, text=True
        )
    try:
        _await(port, process, folder)
        yield Prosody(process.pid, port, _version())
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, process: subprocess.Popen[str], folder: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError(f"Prosody ended: {(folder / 'output').read_text()}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/xmpp-websocket", timeout=1):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("Prosody did not start")


def _version() -> str:
    answer = subprocess.run(["prosodyctl", "about"], capture_output=True, text=True, check=False)
    say("Prosody is running")
    found = (
        line for line in answer.stdout.splitlines() if line.startswith("Prosody ") and line.split()[1][0].isdigit()
    )
    return next(found, "Prosody")
