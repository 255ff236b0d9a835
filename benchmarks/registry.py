"""What a bench is, and where they are found."""

import importlib
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal, TypeAlias

Group: TypeAlias = Literal["start", "signalling", "access", "schedule", "calls", "workforce", "discovery"]


@dataclass(frozen=True)
class Outcome:
    """What a run found: ours, the peer's (or the baseline's), and whether the bar holds (None: not judged)."""

    figures: dict[str, Any]
    peer: dict[str, Any] = field(default_factory=dict[str, Any])
    holds: bool | None = None


class Skipped(Exception):  # noqa: N818 - an outcome
    """The bench cannot be run here; the text says why."""


@dataclass(frozen=True)
class Bench:
    """One measurement with the bar that it is judged by."""

    name: str
    group: Group
    bar: str
    run: Callable[[], Outcome]


BENCHES: dict[str, Bench] = {}


def bench(name: str, *, group: Group, bar: str) -> Callable[[Callable[[], Outcome]], Callable[[], Outcome]]:
    """Declare a function as a bench."""

    def declare(run: Callable[[], Outcome]) -> Callable[[], Outcome]:
        BENCHES[name] = Bench(name, group, bar, run)
        return run

    return declare


def find_benches() -> dict[str, Bench]:
    """Every bench of the package, by name."""
    for module in pkgutil.walk_packages([str(Path(__file__).parent)], "benchmarks."):
        if not module.name.rpartition(".")[2].startswith("_"):
            importlib.import_module(module.name)
    return dict(sorted(BENCHES.items()))


def say(text: str) -> None:
    """Tell the person who waits what goes on."""
    print(text, file=sys.stderr, flush=True)


def middle(runs: list[dict[str, Any]], digits: int = 3) -> dict[str, Any]:
    """The medians of several runs' figures of the same names."""
    return {name: round(median(run[name] for run in runs), digits) for name in runs[0]}
