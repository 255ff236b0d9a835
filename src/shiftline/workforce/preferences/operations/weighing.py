"""What other rooms ask of wishes: all of some agents', and which of them a shift keeps and breaks."""

from collections.abc import Collection, Mapping, Sequence

from shiftline.foundation.database import Reader
from shiftline.foundation.time import DAY, Interval
from shiftline.workforce.preferences import store
from shiftline.workforce.preferences.model import AgentWishes
from shiftline.workforce.preferences.rules.weighing import score_of, weigh_shift
from shiftline.workforce.schedule.operations.searching import find_work

__all__ = ["find_partners", "find_wishes", "score_of", "weigh_shift"]


async def find_wishes(
    reader: Reader, organization_id: str, person_ids: Collection[str], during: Interval
) -> dict[str, AgentWishes]:
    """What each of these people wishes in a span and cannot; who wishes nothing has none."""
    times = await store.list_all_wishes(reader, organization_id, person_ids, during)
    # Dates are those of the agents' zones, which lie up to a day around.
    days = (during.start.date() - DAY, during.end.date() + DAY)
    standing = await store.list_standing_wishes(reader, organization_id, person_ids, days)
    return {
        person_id: AgentWishes(
            tuple(times.get(person_id, ())), tuple(each for each in standing if each.person_id == person_id)
        )
        for person_id in person_ids
    }


async def find_partners(
    reader: Reader, organization_id: str, wishes: Collection[AgentWishes], during: Interval
) -> Mapping[str, Sequence[Interval]]:
    """The shifts in force of all colleagues whom some wishes name, by person."""
    named = {each for wish in wishes for standing in wish.standing for each in standing.partner_ids}
    if not named:
        return {}
    work = await find_work(reader, organization_id, during, named)
    return {person_id: [shift.span for _, shift in work.get(person_id, ())] for person_id in named}
