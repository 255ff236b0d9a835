"""A sign of life on each socket, so often that its absence is one.

A node that is cut off from its network ends no connection: the balancer in front and the client behind it wait for minutes, the vendor's client
for up to 58 s (two pings). Each socket is therefore written to every ``HEARTBEAT`` seconds, and a balancer that reads nothing for
``SILENCE`` ends both halves: the client comes back at once, on another node. What is written is an unsolicited pong, which a client
takes without a word and does not answer. Source: RFC 6455 section 5.5.3.
"""

from collections.abc import Collection
from typing import Generic, TypeVar

C = TypeVar("C")

HEARTBEAT = 2.0
SILENCE = 5.0
"""Seconds after which a balancer that heard nothing may take a node for gone: two heartbeats were missed."""


class Heartbeat(Generic[C]):
    """Whose turn it is: everybody's once in ``HEARTBEAT``, a share of them at each tick."""

    def __init__(self, tick: float) -> None:
        self._shares: list[set[C]] = [set() for _ in range(round(HEARTBEAT / tick))]
        self._share_of: dict[C, set[C]] = {}
        self._next = 0

    def add(self, connection: C) -> None:
        """From now on, too."""
        share = self._share_of[connection] = min(self._shares, key=len)
        share.add(connection)

    def discard(self, connection: C) -> None:
        """No more."""
        share = self._share_of.pop(connection, None)
        if share is not None:
            share.discard(connection)

    def due(self) -> Collection[C]:
        """Those whose turn it is at this tick."""
        share = self._shares[self._next]
        self._next = (self._next + 1) % len(self._shares)
        return tuple(share)
