"""Propagation on the wire: ours, in snake_case as decisions are."""

from typing import Any

import msgspec

from shiftline.signalling.propagation.model import NodeSpread, Spread


class Told(msgspec.Struct, kw_only=True):
    """How many pieces of news were told, and within how many milliseconds; null: none were."""

    counted: int
    p50_ms: float | None
    p99_ms: float | None
    largest_ms: float | None


class ToldByNode(Told, kw_only=True):
    """The same of one node; `last_seen` is the real instant of its last word, `silent_seconds` before this answer. A living node says
    something every five seconds.
    """

    node: str
    last_seen: str
    silent_seconds: float


class Propagation(msgspec.Struct, kw_only=True):
    """From the writing of a change, just before its commit, to its frame at live sessions, over the last minutes."""

    minutes: int
    everywhere: Told
    nodes: list[ToldByNode]


def propagation_of(minutes: int, found: list[NodeSpread]) -> Propagation:
    """The answer."""
    return Propagation(
        minutes=minutes,
        everywhere=Told(**_figures(sum((each.spread for each in found), Spread()))),
        nodes=[
            ToldByNode(
                node=each.node,
                last_seen=each.last_seen.isoformat(),
                silent_seconds=round(each.silent_seconds, 1),
                **_figures(each.spread),
            )
            for each in found
        ],
    )


def _figures(spread: Spread) -> dict[str, Any]:
    return {
        "counted": spread.counted,
        "p50_ms": _ms(spread.percentile(0.5)),
        "p99_ms": _ms(spread.percentile(0.99)),
        "largest_ms": _ms(spread.largest if spread.counted else None),
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1e3, 1)
