"""Whatever comes into force, or changes in it, carries the approved time off of its agents: found and laid over here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shiftline.foundation.database import Transaction
from shiftline.foundation.time import DAY, Interval
from shiftline.workforce.schedule.model import Clash, Covered, Part, Schedule, TimeOff
from shiftline.workforce.schedule.operations.planning import frame_for, let_others_work
from shiftline.workforce.schedule.rules.absences import Book, carry, marks_of
from shiftline.workforce.schedule.store import absences
from shiftline.workforce.units.operations.business_units import find_business_unit


@dataclass(frozen=True, slots=True)
class Load:
    """What is to carry time off: a schedule, its bounds, and parts by agent (None: no part yet).

    ``everybody``: also whoever of the business unit has time off then. ``number``: of which revision the parts are, when
    not the present one.
    """

    schedule: Schedule
    bounds: Interval
    parts: Mapping[str, Part | None]
    everybody: bool = False
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Carrying:
    """The parts that time off changes or is to be asked about, what is covered before and after, and the clashes."""

    parts: Mapping[str, Part | None] = field(default_factory=dict[str, "Part | None"])
    former: Mapping[str, Mapping[str, Covered]] = field(default_factory=dict[str, "Mapping[str, Covered]"])
    latter: Mapping[str, Mapping[str, Covered]] = field(default_factory=dict[str, "Mapping[str, Covered]"])
    clashes: tuple[Clash, ...] = ()


def reach_of(bounds: Interval) -> Interval:
    """The instants of every shift of a schedule: one that starts in its weeks ends within two days of them."""
    return Interval(bounds.start, bounds.end + 2 * DAY)


async def carry_time_off(tx: Transaction, load: Load) -> Carrying:
    """Lay approved time off over parts, and take off what is approved no more."""
    schedule = load.schedule
    off = await absences.list_approved(
        tx, reach_of(load.bounds), load.parts, schedule.business_unit_id if load.everybody else None
    )
    agents = {**dict.fromkeys(each.agent_id for each in off), **load.parts}
    now = await absences.read_covered(tx, schedule.id, agents)
    then = now if load.number is None else await absences.read_covered(tx, schedule.id, agents, load.number)
    books = await _open_books(tx, off, load.parts, then)
    if not books:
        return Carrying(former=now, latter={})
    unit = await find_business_unit(tx, tx.context.organization_id, schedule.business_unit_id)
    frame = await frame_for(tx, unit, schedule.week_date, schedule.week_count)
    parts: dict[str, Part | None] = {}
    latter: dict[str, dict[str, Covered]] = {}
    clashes: list[Clash] = []
    for index, (agent_id, book) in enumerate(books.items()):
        await let_others_work(index)
        carried = carry(load.parts.get(agent_id), then.get(agent_id, {}), agent_id, book, frame)
        parts[agent_id] = carried.part
        latter[agent_id] = {each.id: each for each in carried.covered}
        clashes += carried.clashes
    return Carrying(parts, now, latter, tuple(clashes))


async def _open_books(
    tx: Transaction,
    off: Iterable[TimeOff],
    parts: Mapping[str, Part | None],
    covered: Mapping[str, Mapping[str, Covered]],
) -> dict[str, Book]:
    """For each agent with time off, marks of it or something covered by it: what is known of their requests."""
    mine: dict[str, list[TimeOff]] = {}
    for each in off:
        mine.setdefault(each.agent_id, []).append(each)
    named = _name(parts, covered)
    known = await _find_known(tx, named)
    books: dict[str, Book] = {}
    for agent_id in {**mine, **named}:
        approved = {each.request_id: each for each in mine.get(agent_id, ())}
        ids = named.get(agent_id, set())
        # What is approved but touches these weeks no more is known all the same.
        approved |= {
            each.request_id: each
            for each in known.values()
            if each.request_id in ids and each.approved and each.agent_id == agent_id
        }
        if not approved and not ids and not covered.get(agent_id):
            continue
        pieces = sorted((piece for each in approved.values() for piece in each.absences), key=lambda piece: piece.start)
        books[agent_id] = Book(tuple(pieces), frozenset(ids & known.keys() | approved.keys()))
    return books


def _name(parts: Mapping[str, Part | None], covered: Mapping[str, Mapping[str, Covered]]) -> dict[str, set[str]]:
    """The requests that each agent's part carries marks of, or covers something for."""
    return {
        agent_id: marks_of(part)
        | {absence.request_id for each in covered.get(agent_id, {}).values() for absence in each.absences}
        for agent_id, part in {**dict.fromkeys(covered), **parts}.items()
    }


async def _find_known(tx: Transaction, named: Mapping[str, set[str]]) -> dict[str, TimeOff]:
    asked = set[str]().union(*named.values())
    return await absences.find_time_off(tx, tx.context.organization_id, asked) if asked else {}


async def take_off(tx: Transaction, schedule: Schedule, parts: Mapping[str, Part]) -> dict[str, Part]:
    """Parts of a schedule as they would be without anybody's time off: what a copy of it starts from."""
    covered = await absences.read_covered(tx, schedule.id, parts)
    named = _name(parts, covered)
    known = await _find_known(tx, named)
    if not known and not covered:
        return dict(parts)
    unit = await find_business_unit(tx, tx.context.organization_id, schedule.business_unit_id)
    frame = await frame_for(tx, unit, schedule.week_date, schedule.week_count)
    bare: dict[str, Part] = {}
    for index, (agent_id, part) in enumerate(parts.items()):
        await let_others_work(index)
        book = Book((), frozenset(named[agent_id] & known.keys()))
        without = carry(part, covered.get(agent_id, {}), agent_id, book, frame).part
        if without is not None:
            bare[agent_id] = without
    return bare
