"""Recorded two-party calls through the media engine, beside rtpengine on the same load and beside no server at all."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.media import rtpengine
from benchmarks.media.load import Order
from benchmarks.processes import stop
from benchmarks.registry import Outcome, Skipped, bench, middle, say

CALLS = 20
SECONDS = 8.0
REPEATS = 3
SEARCH_SECONDS = 5.0
GROWTH = 1.25
REFINEMENTS = 3
START = 80
LATE_MS = 100.0
"""Later packets are of no use to a listener."""
MAX_CPU_MS = 25.0
MAX_LOSS = 0.001
MAX_ADDED_MS = 5.0
MIN_SCALING = 1.8
ROOT = Path(__file__).parents[1]


@bench(
    "recorded-calls",
    group="calls",
    bar=f"{CALLS} recorded two-party calls: at most {MAX_CPU_MS:g} CPU-ms a call-second, loss under {MAX_LOSS:.1%}, p99 added delay under "
    f"{MAX_ADDED_MS:g} ms; {MIN_SCALING:g}x the calls with two processes on two cores",
)
def recorded_calls() -> Outcome:
    """Ours, rtpengine and the direct way turn by turn, medians of three; then the calls that one process and two can carry."""
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    direct: list[dict[str, Any]] = []
    peer: dict[str, Any] = {}
    for _ in range(REPEATS):
        ours.append(_ours(CALLS, SECONDS))
        say(f"ours: {ours[-1]}")
        direct.append(_load(Order(CALLS, SECONDS, [])))
        say(f"direct: {direct[-1]}")
        peer = _theirs(theirs) or peer
    figures: dict[str, Any] = middle(ours, 6)
    base = middle(direct, 6)
    figures["direct_p50_ms"], figures["direct_p99_ms"] = base["delay_p50_ms"], base["delay_p99_ms"]
    figures["added_p99_ms"] = round(figures["delay_p99_ms"] - base["delay_p50_ms"], 3)
    figures |= _scaling()
    if theirs:
        peer |= middle(theirs, 6)
        peer["cpu_ratio"] = round(figures["cpu_ms_per_call_second"] / max(peer["cpu_ms_per_call_second"], 0.01), 2)
    holds = (
        figures["cpu_ms_per_call_second"] <= MAX_CPU_MS
        and figures["loss"] < MAX_LOSS
        and figures["recorded_ms"] >= SECONDS * 1000
        and figures["added_p99_ms"] < MAX_ADDED_MS
        and figures["two_over_one"] >= MIN_SCALING
    )
    return Outcome(figures, peer, holds=holds)


def _ours(calls: int, seconds: float) -> dict[str, Any]:
    with _server() as (pid, port):
        return _load(Order(calls, seconds, [pid], [port]))


def _theirs(runs: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        with rtpengine.running() as (pid, port, version, folder):
            runs.append(_load(Order(CALLS, SECONDS, [pid], rtpengine=port)))
            kept = rtpengine.recorded(folder)
            say(f"rtpengine: {runs[-1]}")
            return {
                "name": f"rtpengine {version}, user space, one thread, recording {kept / CALLS / 1e6:.1f} MB of pcap a call"
            }
    except Skipped as reason:
        return {"skipped": str(reason)}


@contextmanager
def _server(core: int | None = None) -> Generator[tuple[int, int]]:
    """A process of ours: its id and port."""
    folder = Path(tempfile.mkdtemp(prefix="shiftline-calls-"))
    process = subprocess.Popen(
        [*_on(core), sys.executable, "-m", "benchmarks.media.server", str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
    finally:
        assert process.stdin is not None
        process.stdin.close()
        stop(process, 10)
        shutil.rmtree(folder, ignore_errors=True)


def _on(core: int | None) -> list[str]:
    return [] if core is None else ["taskset", "--cpu-list", str(core)]


def _load(*orders: Order) -> dict[str, Any]:
    """Run loads at once: the sum of their calls, the worst of their figures."""
    running: list[subprocess.Popen[str]] = []
    try:
        for order in orders:
            process = subprocess.Popen(
                [*_on(order.core), sys.executable, "-m", "benchmarks.media.load"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            )  # fmt: skip
            assert process.stdin is not None
            process.stdin.write(json.dumps(asdict(order)) + "\n")
            process.stdin.flush()
            running.append(process)
        lines = [process.communicate(timeout=orders[0].seconds + 120)[0] for process in running]
    finally:
        for process in running:
            stop(process, 2)
    found: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    if len(found) < len(orders):
        return {"calls": sum(order.calls for order in orders), "loss": 1.0, "delay_p99_ms": 0.0}
    worst = {name: max(each[name] for each in found) for name in found[0]}
    return {**worst, "calls": sum(each["calls"] for each in found)}


def _scaling() -> dict[str, Any]:
    """The most calls with loss under the bound, and 99% of the packets in time: one process with its load on one core, then two on two."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        return {"calls_one_process": None, "calls_two_processes": None, "two_over_one": 0.0}
    one = _capacity(cores[:1], START)
    two = _capacity(cores, 1.6 * one)
    return {
        "calls_one_process": round(one),
        "calls_two_processes": round(two),
        "two_over_one": round(two / max(one, 1), 2),
    }


def _capacity(cores: list[int], start: float) -> float:
    """Grow until the bound is missed twice (or shrink until it is met), then halve what lies between twice."""
    most, least = 0.0, start
    while _tries(cores, least):
        most, least = least, least * GROWTH
    while not most and least > 1:
        calls = least / GROWTH
        most, least = (calls, least) if _tries(cores, calls) else (0.0, calls)
    for _ in range(REFINEMENTS):
        between = (most * least) ** 0.5
        most, least = (between, least) if _tries(cores, between) else (most, between)
    return most


def _tries(cores: list[int], calls: float) -> bool:
    return _carries(cores, calls) or _carries(cores, calls)


def _carries(cores: list[int], calls: float) -> bool:
    each = max(round(calls / len(cores)), 1)
    with ExitStack() as stack:
        orders: list[Order] = []
        for core in cores:
            pid, port = stack.enter_context(_server(core))
            orders.append(Order(each, SEARCH_SECONDS, [pid], [port], core=core))
        began = time.monotonic()
        found = _load(*orders)
    fits = found["loss"] < MAX_LOSS and found["delay_p99_ms"] < LATE_MS
    say(
        f"{len(cores)} of {each} calls: {'carried' if fits else 'too many'} ({time.monotonic() - began:.0f} s, {found})"
    )
    return fits
