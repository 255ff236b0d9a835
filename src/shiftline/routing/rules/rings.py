"""How far a bullseye has opened: who may be asked grows with waiting, and what is asked for shrinks. Pure.

Source: vendor, "Bullseye routing": each ring has a time to stay in it and skills to remove on leaving it; a member's ring
number says from which ring on they are considered. https://help.mypurecloud.com/articles/specify-routing-settings/
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shiftline.routing.model.choices import Need
from shiftline.routing.model.queues import HIGHEST_RING, Ring


def reach_ring(rings: Sequence[Ring], waited: timedelta) -> int:
    """The ring that is reached after waiting so long, from 1; past the last one everybody's. Without rings: everybody's."""
    until = timedelta(0)
    for number, ring in enumerate(rings, start=1):
        until += ring.timeout
        if waited < until:
            return number
    return HIGHEST_RING


def relax(need: Need, rings: Sequence[Ring], ring: int) -> Need:
    """What is still asked for when a ring is reached: without the skills removed on leaving those before it."""
    removed = {skill_id for left in rings[: ring - 1] for skill_id in left.skills_to_remove}
    if removed.isdisjoint(need.skill_ids):
        return need
    return replace(need, skill_ids=tuple(each for each in need.skill_ids if each not in removed))
