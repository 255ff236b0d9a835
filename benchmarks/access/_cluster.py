"""A cluster of two nodes to measure on."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import free_port, stop
from benchmarks.registry import say
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database


@dataclass
class RunningCluster:
    """The cluster's ready line and its folder."""

    folder: Path
    ready: dict[str, Any]

    def place(self, node: str, program: str) -> str:
        """Where a program of a node listens."""
        return str(self.ready["nodes"][node][program])

    def context(self, database: Database) -> Context:
        """The system, in the cluster's organization."""
        return Context(database, Clock(), Actor(str(self.ready["organizationId"]), "system"))


@contextmanager
def running_cluster() -> Generator[RunningCluster]:
    """A fresh cluster, taken down afterwards."""
    base = Path(tempfile.mkdtemp(prefix="slcl-bench-"))
    base.chmod(0o755)
    command = [sys.executable, "-P", "-m", "shiftline.apps.cluster", "--data", str(base / "data"), "--json"]
    say("starting a cluster of two nodes")
    with (base / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [*command, "--port", str(free_port())], stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError((base / "stderr").read_text())
        yield RunningCluster(base / "data", json.loads(line))
    finally:
        stop(process, 40)
        shutil.rmtree(base, ignore_errors=True)
