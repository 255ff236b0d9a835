"""Rings of trades are looked for without anybody's asking, where management units ask for it, and only when the market changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import DAY, day_of, week_start
from shiftline.workforce.trades.operations.cycling import WEEKS_AT_MOST, CycleSearch, defer_search
from shiftline.workforce.trades.store import searches
from shiftline.workforce.trades.store.searches import Watched
from shiftline.workforce.units.operations.business_units import find_business_unit

AT_LEAST = DAY
"""Schedules, plans and rules change what is legal, too, and say nothing of it here: a market is searched as often anyway."""


@dataclass(frozen=True, slots=True)
class Look:
    """A business unit whose time has come: the management units that want rings, all of one organization."""

    organization_id: str
    business_unit_id: str
    management_unit_ids: tuple[str, ...]


def choose_due(watched: list[Watched], now: datetime) -> list[Look]:
    """The business units that are to be looked at now: as often as the most eager of their management units says. Pure."""
    units: dict[tuple[str, str], list[Watched]] = {}
    for each in watched:
        if each.settings.enabled and each.settings.ring_search is not None:
            units.setdefault((each.organization_id, each.business_unit_id), []).append(each)
    return [
        Look(*place, tuple(sorted(each.management_unit_id for each in of_unit)))
        for place, of_unit in units.items()
        if _is_due(of_unit, now)
    ]


def _is_due(units: list[Watched], now: datetime) -> bool:
    often = min((each.settings.ring_search or DAY for each in units), default=timedelta(0))
    looked_at = units[0].looked_at
    return looked_at is None or looked_at + often <= now


async def start_due_searches(context: Context) -> int:
    """Search where it is time and the market changed since the last search, in all organizations; how many were started."""
    async with context.reader() as reader:
        due = choose_due(await searches.list_watched(reader), context.now())
    return sum([await _look(context.acting_as(Actor(each.organization_id, "system")), each) for each in due])


async def _look(context: Context, look: Look) -> bool:
    now = context.now()
    async with context.transaction() as tx:
        unit = await find_business_unit(tx, context.organization_id, look.business_unit_id)
        week = week_start(day_of(now, unit.zone), unit.start_day_of_week)
        search = CycleSearch(unit.id, week, WEEKS_AT_MOST, management_unit_ids=look.management_unit_ids, only_free=True)
        place = (context.organization_id, unit.id)
        market = await searches.weigh_market(tx, *place, search.corner.weeks, look.management_unit_ids)
        former = await searches.find_last(tx, *place)
        changed = former is None or former.market != market or former.searched_at + AT_LEAST <= now
        searched_at = now if changed or former is None else former.searched_at
        await searches.keep_last(tx, unit.id, searches.Last(market, searched_at))
        if changed:
            await defer_search(tx, new_id(), search)
    return changed
