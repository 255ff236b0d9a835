"""A real S3 server for tests: SeaweedFS on loopback, with one access key that may everything and one that may nothing."""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KEY, SECRET = "access-for-tests", "secret-for-tests-0123456789"
POWERLESS, POWERLESS_SECRET = "powerless-for-tests", "powerless-secret-for-tests"
PATIENCE = 60
# Its gRPC ports are 10000 above.
HIGHEST = 55_000


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, low enough that those 10000 above are ports, too."""
    found: list[int] = []
    candidate = 20_000 + time.monotonic_ns() % 30_000
    while len(found) < count:
        candidate = candidate + 1 if candidate < HIGHEST else 20_000
        with contextlib.suppress(OSError), contextlib.ExitStack() as open_now:
            for port in (candidate, candidate + 10_000):
                listener = open_now.enter_context(socket.socket())
                listener.bind(("127.0.0.1", port))
            found.append(candidate)
    return found


@dataclass
class Seaweed:
    """A server, its folder, and how it is started again."""

    folder: Path
    endpoint: str
    command: list[str]
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        """Start it again on the same folder and ports, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)
        self.wait()

    def wait(self) -> None:
        """Wait until it answers and stores."""
        ends = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                try:
                    urllib.request.urlopen(f"{self.endpoint}/", timeout=2)
                except urllib.error.HTTPError:
                    return
                return
            if time.monotonic() > ends or self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.2)


@contextlib.contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    """Run a server on an empty folder."""
    master, volume, filer, s3 = free_ports(4)
    everything = ["Admin", "Read", "Write", "List", "Tagging"]
    identities = [
        {"name": "tests", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": everything},
        {
            "name": "powerless",
            "credentials": [{"accessKey": POWERLESS, "secretKey": POWERLESS_SECRET}],
            "actions": ["Read:other"],
        },
    ]
    (folder / "data").mkdir(parents=True)
    (folder / "s3.json").write_text(json.dumps({"identities": identities}))
    weed = Path(sys.executable).with_name("weed")
    command = [
        *(str(weed), "-logtostderr", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder / 'data'}"),
        *(f"-master.port={master}", f"-volume.port={volume}", "-volume.max=1000", "-master.volumeSizeLimitMB=64"),
        *("-filer", f"-filer.port={filer}", "-s3", f"-s3.port={s3}", f"-s3.config={folder / 's3.json'}"),
    ]
    running = Seaweed(folder, f"http://127.0.0.1:{s3}", command, subprocess.Popen([sys.executable, "-c", ""]))
    running.process.wait()
    running.start()
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(10)
        running.kill()
        shutil.rmtree(folder, ignore_errors=True)
