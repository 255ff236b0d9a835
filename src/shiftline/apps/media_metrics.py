"""What a media process tells Prometheus: the quality of each leg it has, and what it threw away, as they are when asked."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shiftline.calls.media.model import LegStats
from shiftline.calls.node.node import Node

_LEG = ("conversation", "leg")

Measure: TypeAlias = tuple[str, str, Callable[[LegStats], float | None]]
"""Name with its unit, meaning, and value; None is left out."""

_QUALITY: tuple[Measure, ...] = (
    ("mos", "Quality of what came, 1 to 4.5, by the E-model", lambda stats: stats.mos),
    ("jitter_seconds", "Interarrival jitter of what came", lambda stats: stats.jitter_ms / 1000),
    ("rtt_seconds", "Round trip", lambda stats: None if stats.rtt_ms is None else stats.rtt_ms / 1000),
)
_COUNTED: tuple[Measure, ...] = (
    ("packets_received", "Packets that came", lambda stats: stats.packets),
    ("packets_lost", "Packets that did not come", lambda stats: stats.lost),
    ("packets_sent", "Packets sent", lambda stats: stats.sent),
    ("packets_lost_by_peer", "Packets sent that the other side says did not come", lambda stats: stats.remote_lost),
)


class MediaMetrics(Collector):
    """Reads the node at each collection: legs come and go, and leave no series behind."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def collect(self) -> Iterator[Metric]:
        """All families. Source: the engine's statistics."""
        measured = list(self._measure())
        yield GaugeMetricFamily("shiftline_media_legs", "Legs that this process has", value=len(self._node.engine.legs))
        for name, meaning, value in _QUALITY:
            gauge = GaugeMetricFamily(f"shiftline_media_leg_{name}", meaning, labels=_LEG)
            for labels, stats in measured:
                _add(gauge, labels, value(stats))
            yield gauge
        for name, meaning, value in _COUNTED:
            counter = CounterMetricFamily(f"shiftline_media_leg_{name}", meaning, labels=_LEG)
            for labels, stats in measured:
                _add(counter, labels, value(stats))
            yield counter
        garbage = CounterMetricFamily(
            "shiftline_media_garbage", "What came to the ports and was thrown away", labels=["kind"]
        )
        for kind, number in self._node.engine.garbage.items():
            garbage.add_metric([kind], number)
        yield garbage

    def _measure(self) -> Iterator[tuple[list[str], LegStats]]:
        for held in list(self._node.reconciler.held.values()):
            leg = held.leg
            if leg.key in self._node.engine.legs:
                yield [leg.conversation_id or "", leg.id], self._node.engine.stats(leg.key)


def _add(family: GaugeMetricFamily | CounterMetricFamily, labels: list[str], value: float | None) -> None:
    if value is not None:
        family.add_metric(labels, value)
