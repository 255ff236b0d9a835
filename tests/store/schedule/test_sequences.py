"""Any sequence of imports, updates, swaps and republishes: nobody works twice at once, and every revision stays as it was."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import SettableContext
from tests.store.schedule.planner import Planner

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Refusal
from shiftline.foundation.time import find_zone
from shiftline.workforce.schedule.model import Part, PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in, update_schedule_in
from shiftline.workforce.schedule.operations.republishing import republish_in
from shiftline.workforce.schedule.operations.swapping import ShiftGiven, SwapOrder, swap_days_in
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.units.operations.agents import find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit

# The two weeks around the night on which Chicago's clocks go back.
WEEKS = (date(2023, 10, 29), date(2023, 11, 5))
ZONE = find_zone("America/Chicago")
MONDAY = datetime(2023, 10, 30, tzinfo=ZONE)

hours = st.integers(-24, 14 * 24).map(lambda hour: MONDAY + timedelta(hours=hour))
lengths = st.sampled_from([60, 480, 600, 24 * 60])
agents = st.sampled_from(["ann", "bob"])


@dataclass(frozen=True)
class Import:
    week: int
    published: bool
    shifts: list[tuple[str, datetime, int]]


@dataclass(frozen=True)
class Update:
    which: int
    agent: str
    start: datetime
    minutes: int
    edits: bool
    published: bool


@dataclass(frozen=True)
class Swap:
    agent: str
    shifts: list[tuple[datetime, int]]


@dataclass(frozen=True)
class Republish:
    which: int
    number: int


steps = st.one_of(
    st.builds(Import, st.integers(0, 1), st.booleans(), st.lists(st.tuples(agents, hours, lengths), max_size=4)),
    st.builds(Update, st.integers(0, 3), agents, hours, lengths, st.booleans(), st.booleans()),
    st.builds(Swap, agents, st.lists(st.tuples(hours, lengths), min_size=1, max_size=3)),
    st.builds(Republish, st.integers(0, 3), st.integers(1, 3)),
)


# Every run starts with both weeks in force, and a draft.
FIRST = [
    Import(0, True, [("ann", MONDAY + timedelta(hours=6), 480)]),
    Import(1, True, [("ann", MONDAY + timedelta(days=7, hours=6), 480), ("bob", MONDAY + timedelta(days=7), 480)]),
    Import(0, False, [("bob", MONDAY + timedelta(hours=6), 480)]),
]


@dataclass
class World:
    """The schedules of one run, and what each revision held when it was made."""

    context: Context
    ids: list[str] = field(default_factory=list[str])
    seen: dict[tuple[str, int], dict[str, Part]] = field(default_factory=dict[tuple[str, int], dict[str, Part]])

    async def take(self, step: object) -> None:
        """One step in its own transaction; a refusal leaves nothing behind."""
        try:
            async with self.context.transaction() as tx:
                made = await self._take(tx, step)
        except Refusal:
            return
        if made is not None:
            self.ids.append(made)

    async def _take(self, tx: Transaction, step: object) -> str | None:
        match step:
            case Import():
                return await self._import(tx, step)
            case Update():
                await self._update(tx, step)
            case Swap():
                await self._swap(tx, step)
            case Republish():
                await self._republish(tx, step)
            case _:
                raise AssertionError(step)
        return None

    async def _import(self, tx: Transaction, step: Import) -> str:
        parts = tuple(
            PartDraft(
                field=agent,
                agent_id=agent,
                shifts=tuple(
                    ShiftDraft(field="x", start=start, minutes=minutes)
                    for who, start, minutes in step.shifts
                    if who == agent
                ),
            )
            for agent in ("ann", "bob")
        )
        draft = ScheduleDraft(published=step.published, parts=parts)
        return (await import_schedule_in(tx, "bu-1", WEEKS[step.week], draft)).schedule.id

    async def _find(self, tx: Transaction, which: int) -> Any:
        if not self.ids:
            return None
        return await schedules.find_schedule(tx, "org-1", self.ids[which % len(self.ids)])

    async def _update(self, tx: Transaction, step: Update) -> None:
        schedule = await self._find(tx, step.which)
        if schedule is None:
            return
        kept = (await shifts.read_parts(tx, "org-1", schedule.id, [step.agent])).get(step.agent)
        edited = kept.part.shifts[0].id if step.edits and kept is not None and kept.part.shifts else None
        wanted = ShiftDraft(field="x", id=edited, start=step.start, minutes=step.minutes)
        version = None if kept is None else kept.stamp.version
        part = PartDraft(field="x", agent_id=step.agent, shifts=(wanted,), version=version)
        published = True if step.published else None
        draft = ScheduleDraft(published=published, parts=(part,), version=schedule.version)
        await update_schedule_in(tx, schedule, draft)

    async def _swap(self, tx: Transaction, step: Swap) -> None:
        in_force = await schedules.list_published(tx, "org-1", (WEEKS[0], WEEKS[1] + timedelta(days=7)))
        if not in_force:
            return
        agent = (await find_agents(tx, "org-1", [step.agent]))[step.agent]
        given_shifts = tuple(
            ShiftGiven("x", start, start + timedelta(minutes=minutes), True, "Swap", ())
            for start, minutes in step.shifts
        )
        await swap_days_in(tx, SwapOrder(in_force[0].id, agent, given_shifts, None, None))

    async def _republish(self, tx: Transaction, step: Republish) -> None:
        schedule = await self._find(tx, step.which)
        if schedule is not None:
            unit = await find_business_unit(tx, "org-1", "bu-1")
            await republish_in(tx, unit, schedule, step.number, (None, None))

    async def check(self) -> None:
        """Nobody works twice at once in force, and each revision reads back as it was when it was made."""
        async with self.context.reader() as reader:
            rows = await reader.all(
                "select agent_id, lower(span) as first, upper(span) as last from schedule.shift "
                "where book = 'published' and to_revision is null order by agent_id, span",
                {},
            )
            for one, other in pairwise(rows):
                assert one["agent_id"] != other["agent_id"] or one["last"] <= other["first"]
            for schedule_id in self.ids:
                for revision in await schedules.list_revisions(reader, "org-1", schedule_id):
                    held = await shifts.read_parts(reader, "org-1", schedule_id, number=revision.number)
                    content = {agent: kept.part for agent, kept in held.items()}
                    assert self.seen.setdefault((schedule_id, revision.number), content) == content
            covering = await schedules.list_published(reader, "org-1", (WEEKS[0], WEEKS[1]))
            assert len(covering) <= 1


async def forget(context: Context) -> None:
    async with context.reader() as reader:
        await reader.connection.execute(
            "truncate schedule.shift, schedule.full_day, schedule.agent_schedule, schedule.revision, schedule.schedule"
        )


async def test_sequences(planner: Planner, context: SettableContext) -> None:
    loop, kinds = asyncio.get_running_loop(), set[str]()

    # Examples run in a thread of their own, each step on this loop.
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(st.lists(steps, min_size=3, max_size=12))
    def holds(sequence: list[object]) -> None:
        kinds.update(asyncio.run_coroutine_threadsafe(_hold(context, sequence), loop).result(60))

    await asyncio.to_thread(holds)
    assert kinds == {"import", "update", "publish", "swap", "republish", "supersede"}


async def _hold(context: SettableContext, sequence: list[object]) -> set[str]:
    """Take the steps, checking after each; the kinds of revisions that came about."""
    await forget(context)
    world = World(context)
    for step in [*FIRST, *sequence]:
        await world.take(step)
        await world.check()
    async with context.reader() as reader:
        return {row["kind"] for row in await reader.all("select distinct kind from schedule.revision", {})}
