"""Which connection wants to be woken when: one heap for thousands of them instead of a timer each."""

import heapq
from collections.abc import Iterator
from typing import Generic, TypeVar, cast

T = TypeVar("T")

Appointment = list[object]
"""The instant, a tie-breaker, and the item (None once cancelled, so that a closed connection is freed at once)."""


class Agenda(Generic[T]):
    """Appointments in the order of their instants (monotonic seconds)."""

    def __init__(self) -> None:
        self._heap: list[Appointment] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, when: float, item: T) -> Appointment:
        """Note an item for an instant."""
        self._count += 1
        appointment: Appointment = [when, self._count, item]
        heapq.heappush(self._heap, appointment)
        return appointment

    @staticmethod
    def cancel(appointment: Appointment) -> None:
        """Let an appointment pass unnoticed."""
        appointment[2] = None

    def due(self, now: float) -> Iterator[T]:
        """Take out what is due, one after the other."""
        while self._heap and cast("float", self._heap[0][0]) <= now:
            item = heapq.heappop(self._heap)[2]
            if item is not None:
                yield cast("T", item)
