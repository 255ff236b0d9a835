"""All that can be done to a small package, and whether verifying it finds each."""

import random
import tempfile
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

from tests.unit.discovery.sample import Memory, made, make_authority, sample

from benchmarks.registry import Outcome, bench, say
from shiftline.discovery.verification.verifying import verify_package

FLIPS = 100
"""Of each file."""

_Spoilt: TypeAlias = tuple[str, dict[str, bytes]]


@bench(
    "package-tampering",
    group="discovery",
    bar="every cut of a small package, every flipped bit of a sample, every file dropped, added, renamed, swapped: 100% found",
)
def package_tampering() -> Outcome:
    """A package of one call with its timestamps, in memory: cut at each of its bytes, and so on."""
    with tempfile.TemporaryDirectory() as folder:
        package, _ = made(sample(calls=1, digital=False, seconds=0.1), make_authority(Path(folder)))
    figures: dict[str, int | float] = {"files": len(package.kept), "bytes": sum(map(len, package.kept.values()))}
    missed = 0
    began = time.perf_counter()
    for name, spoilt in (("cuts", _cuts), ("flips", _flips), ("files_changed", _files)):
        say(f"{name} ...")
        tried = found = 0
        for path, kept in spoilt(package):
            tried += 1
            report = verify_package(Memory(kept), first_only=True)
            found += not report.holds
            if report.holds:
                say(f"not found: {name} of {path}")
        figures[name], figures[f"{name}_found"] = tried, found
        missed += tried - found
    figures["milliseconds_each"] = round((time.perf_counter() - began) * 1000 / _tried(figures), 2)
    return Outcome(figures, holds=missed == 0 and verify_package(package).holds)


def _tried(figures: dict[str, int | float]) -> float:
    return figures["cuts"] + figures["flips"] + figures["files_changed"]


def _cuts(package: Memory) -> Iterator[_Spoilt]:
    for path, content in sorted(package.kept.items()):
        for size in range(len(content)):
            yield path, {**package.kept, path: content[:size]}


def _flips(package: Memory) -> Iterator[_Spoilt]:
    chosen = random.Random(20231105)
    for path, content in sorted(package.kept.items()):
        for bit in chosen.sample(range(len(content) * 8), min(FLIPS, len(content) * 8)):
            spoilt = bytearray(content)
            spoilt[bit // 8] ^= 1 << bit % 8
            yield path, {**package.kept, path: bytes(spoilt)}


def _files(package: Memory) -> Iterator[_Spoilt]:
    """Each file dropped and renamed, another one beside each, and each two with each other's content."""
    kept = package.kept
    for path, content in sorted(kept.items()):
        others = {name: each for name, each in kept.items() if name != path}
        yield path, others
        yield path, {**others, f"{path}.old": content}
        yield path, {**kept, f"{path}.copy": content}
    for one, other in combinations(sorted(kept), 2):
        if kept[one] != kept[other]:
            yield one, {**kept, one: kept[other], other: kept[one]}
