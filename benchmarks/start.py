"""How long the demo takes to be ready: on an empty folder, and on the folder that it left."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.processes import free_port, stop
from benchmarks.registry import Outcome, bench, say

REPEATS = 3
COLD_SECONDS = 20.0
WARM_SECONDS = 5.0


@bench(
    "demo-start",
    group="start",
    bar=f"ready under {COLD_SECONDS:g} s on an empty folder, under {WARM_SECONDS:g} s on its own",
)
def demo_start() -> Outcome:
    """From the command to its ready line, with the environment already built."""
    cold: list[float] = []
    warm: list[float] = []
    for number in range(REPEATS):
        base = Path(tempfile.mkdtemp(prefix="shiftline-bench-"))
        base.chmod(0o755)
        try:
            cold.append(_start(base))
            warm.append(_start(base))
        finally:
            shutil.rmtree(base, ignore_errors=True)
        say(f"run {number + 1} of {REPEATS}: cold {cold[-1]:.1f} s, warm {warm[-1]:.1f} s")
    figures = {
        "cold_seconds": round(median(cold), 2),
        "warm_seconds": round(median(warm), 2),
        "per_run": {"cold": [round(each, 2) for each in cold], "warm": [round(each, 2) for each in warm]},
    }
    return Outcome(figures, holds=median(cold) < COLD_SECONDS and median(warm) < WARM_SECONDS)


def _start(base: Path) -> float:
    command = [sys.executable, "-P", "-m", "shiftline.apps.cli", "demo", "--json"]
    arguments = ["--data", str(base / "data"), "--port", str(free_port())]
    began = time.perf_counter()
    with (base / "stderr").open("w") as errors:
        process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - began
        if not line:
            raise RuntimeError((base / "stderr").read_text())
        json.loads(line)
    finally:
        stop(process, 30)
    return took
