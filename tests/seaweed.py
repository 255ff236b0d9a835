"""SeaweedFS, a real S3 server, on this machine's loopback: for tests and benches."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.client import Config

from shiftline.apps.engines.ports import choose_ports

KEY, SECRET = "test-key", "test-secret-of-no-use-elsewhere"
LOOPBACK = "127.0.0.1"
_PATIENCE = 90.0


@dataclass
class Seaweed:
    """A server on a folder; it may be killed and started again on the same ports."""

    folder: Path
    ports: dict[str, int]
    process: subprocess.Popen[bytes] | None = None
    buckets: list[str] = field(default_factory=list[str])

    @property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['s3']}"

    def start(self) -> None:
        """Start it, and wait until it takes an object."""
        ports, config = self.ports, self.folder / "s3.json"
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        known = [{"name": "test", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": actions}]
        config.write_text(json.dumps({"identities": known}))
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        command = [
            str(Path(sys.executable).with_name("weed")),
            "server",
            f"-dir={data}",
            f"-ip={LOOPBACK}",
            f"-ip.bind={LOOPBACK}",
            *(f"-{name}.port={ports[name]}" for name in ("master", "volume", "filer", "s3")),
            *(f"-{name}.port.grpc={ports[f'{name}.grpc']}" for name in ("master", "volume", "filer", "s3")),
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-volume.max=1000",
            "-master.volumeSizeLimitMB=1024",
            "-filer",
            "-s3",
            f"-s3.config={config}",
            "-s3.autoCreateBucket=false",
        ]
        log = (self.folder / "weed.log").open("ab")
        home = {**os.environ, "HOME": str(self.folder)}
        self.process = subprocess.Popen(
            command, cwd=self.folder, stdout=log, stderr=log, env=home, start_new_session=True
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            with contextlib.suppress(Exception):
                self.client().list_buckets()
                for bucket in self.buckets or [self.bucket("probe")]:
                    self.client().put_object(Bucket=bucket, Key="ready", Body=b"yes")
                    self.client().delete_object(Bucket=bucket, Key="ready")
                return
            time.sleep(0.2)
        raise RuntimeError(f"SeaweedFS did not start: {(self.folder / 'weed.log').read_text()[-2000:]}")

    def bucket(self, name: str, *, lock: bool = False) -> str:
        """A new bucket."""
        with contextlib.suppress(self.client().exceptions.BucketAlreadyExists):
            self.client().create_bucket(Bucket=name, **({"ObjectLockEnabledForBucket": True} if lock else {}))
        return name

    def client(self, key: str = KEY, secret: str = SECRET) -> Any:
        """boto3's client of it."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name="us-east-1",
            config=Config(
                retries={"max_attempts": 1}, s3={"addressing_style": "path"}, connect_timeout=2, read_timeout=20
            ),
        )

    def kill(self) -> None:
        """Without a word."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        self.kill()


@contextlib.contextmanager
def seaweed(parent: Path | None = None) -> Generator[Seaweed]:
    """A server in a new folder, for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="seaweed-", dir=parent))
    names = [name + more for name in ("master", "volume", "filer", "s3") for more in ("", ".grpc")]
    server = Seaweed(folder, dict(zip(names, choose_ports(len(names)), strict=True)))
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
