"""In which order interactions wait, and how long it will take. Pure."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from shiftline.routing.model.choices import Need, Waiting
from shiftline.routing.model.queues import QueueSettings, ScoringMethod

PRIORITY_POINT = timedelta(minutes=1)
"""Source: vendor, "The Priority score is equal to 60,000 milliseconds for every point of Priority", subtracted from the instant
of entering the queue. https://community.genesys.com/discussion/conversation-priority-and-score
"""

HIGHEST_PRIORITY = 25_000_000
"""The vendor's bound, either way (Transfer to ACD)."""

FEWEST_HANDLED = 5
"""Handle times that a mean is taken from at least."""


def score(priority: int, enqueued_at: datetime) -> float:
    """Where an interaction stands by time and priority, in seconds since 1970: the lowest one goes first."""
    return enqueued_at.timestamp() - priority * PRIORITY_POINT.total_seconds()


def order(waiting: Iterable[Waiting], queues: Mapping[str, QueueSettings]) -> Iterator[Waiting]:
    """Interactions in the order in which agents are sought for them.

    Within a queue by its scoring method, then by the instant of entering it; between queues, whose first one scores lowest by
    time and priority: an agent of several queues gets what waits longest, whichever queue it waits in.
    """
    lines: dict[str, list[Waiting]] = {}
    for each in waiting:
        lines.setdefault(each.queue_id, []).append(each)
    for queue_id, line in lines.items():
        line.sort(key=lambda each: _place(each, queues[queue_id].scoring_method), reverse=True)
    heads = [(_score(line[-1]), queue_id) for queue_id, line in lines.items()]
    heapq.heapify(heads)
    while heads:
        _, queue_id = heads[0]
        line = lines[queue_id]
        yield line.pop()
        if line:
            heapq.heapreplace(heads, (_score(line[-1]), queue_id))
        else:
            heapq.heappop(heads)


def _score(each: Waiting) -> float:
    return score(each.priority, each.enqueued_at)


def _place(each: Waiting, method: ScoringMethod) -> tuple[float, datetime, str]:
    by = -float(each.priority) if method is ScoringMethod.PRIORITY_ONLY else _score(each)
    return by, each.enqueued_at, each.id


def expect_wait(position: int, handled: Sequence[timedelta], agents: int) -> timedelta | None:
    """How long the one at a position (from 1) will wait; None when it cannot be told.

    With all ``agents`` busy, one of them becomes free every mean handle time divided by their number, and ``position`` of them
    must. None with nobody on the queue, or with fewer than ``FEWEST_HANDLED`` handle times to go by.
    Source: the queue-length estimator (Q + 1) / (s * mu) of Ibrahim and Whitt, "Real-Time Delay Estimation Based on Delay
    History", Manufacturing & Service Operations Management 11 (2009), section 1; Whitt, "Predicting Queueing Delays",
    Management Science 45 (1999).
    """
    if agents < 1 or len(handled) < FEWEST_HANDLED:
        return None
    mean = sum(handled, timedelta(0)) / len(handled)
    return mean * position / agents


@lru_cache(4096)
def name_need(need: Need) -> str:
    """A need as text, the same for equal needs: what interactions with the same one have in common is kept once."""
    return "|".join((need.medium, ",".join(sorted(need.skill_ids)), need.language_id or ""))
