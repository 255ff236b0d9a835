"""Any sequence of edits, time off, swaps, publications and republishes, over nights on which clocks change and two zones:
nobody works twice at once, approved time off stands, what an edit says it pays is what is paid, and access is as it was.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import SettableContext
from tests.store.publishing.test_time_off_sequences import (
    FIRST,
    NIGHTS,
    World,
    agents,
    forget,
    hours,
    indexes,
    lengths,
    settle,
    steps,
)
from tests.store.schedule.planner import Planner

from shiftline.foundation.time import MINUTE
from shiftline.publishing.model import Acceptance, EditOutcome
from shiftline.publishing.operations.editing import edit_schedule, preview_edits
from shiftline.workforce.schedule.model import Part, Shift
from shiftline.workforce.schedule.operations.editing import Order
from shiftline.workforce.schedule.rules.comparing import AgentDifference, compare_parts, paid_minutes
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditKind
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.timeoff.operations.reading import find_approved


@dataclass(frozen=True)
class Change:
    """An edit of a schedule's nth shift and nth activity of an agent."""

    which: int
    kind: EditKind
    agent: str
    shift: int
    activity: int
    hour: int
    minutes: int
    code: str


changes = st.builds(
    Change,
    indexes,
    st.sampled_from(EditKind),
    agents,
    st.integers(0, 3),
    st.integers(0, 3),
    hours,
    st.one_of(lengths, st.sampled_from([15, 30, 45])),
    st.sampled_from(["2", "3", "4"]),  # a meal, which is not paid; a meeting; off queue
)
# What changes no paid minutes: of an agent without time off, over work on queue.
CONSERVING = (EditKind.MOVE_SHIFT, EditKind.MOVE_ACTIVITY, EditKind.SPLIT_ACTIVITY)


def nameless(differences: Sequence[AgentDifference]) -> list[AgentDifference]:
    """The same without the ids of new shifts: a preview gives its own, which are never stored."""
    return [
        replace(
            each,
            shifts=tuple(
                replace(shift, after=msgspec.structs.replace(shift.after, id="new"))
                if shift.before is None and shift.after is not None
                else shift
                for shift in each.shifts
            ),
        )
        for each in differences
    ]


class EditedWorld(World):
    """One run in which planners edit, too."""

    edited: int = 0

    async def _take(self, step: object) -> None:
        if not isinstance(step, Change):
            await super()._take(step)
            return
        order = await self._order(step)
        if order is None:
            return
        would = await preview_edits(self.context, order)
        accepted = [Acceptance(each.code) for each in would.breaches]
        before = await self._parts(order.schedule_id)
        done = await edit_schedule(self.context, order, accepted)
        self.by_hand = True
        self.edited += 1
        assert nameless(done.differences) == nameless(would.differences)
        assert done.coverage == would.coverage
        assert [replace(each, shift_ids=()) for each in done.breaches] == [
            replace(each, shift_ids=()) for each in would.breaches
        ]
        await self._check_edit(step, done, before)

    async def _order(self, step: Change) -> Order | None:
        async with self.context.reader() as reader:
            schedule = await schedules.find_schedule(reader, "org-1", self.ids[step.which % len(self.ids)])
            assert schedule is not None
            kept = (await shifts.read_parts(reader, "org-1", schedule.id, [step.agent])).get(step.agent)
        standing = kept.part.shifts if kept is not None else ()
        if not standing and step.kind not in (EditKind.ADD_SHIFT, EditKind.PLACE_ACTIVITY):
            return None
        edit = self._edit(step, standing[step.shift % len(standing)] if standing else None)
        return Order(schedule.id, schedule.version, (edit,), "Because")

    def _edit(self, step: Change, shift: Shift | None) -> Edit:
        start = self.at(step.hour, step.agent)
        activity = None
        if shift is not None:
            activity = shift.activities[step.activity % len(shift.activities)]
            if step.kind in (EditKind.ADD_ACTIVITY, EditKind.MOVE_ACTIVITY):
                start = shift.start + (step.hour % 12) * 30 * MINUTE
            elif step.kind is EditKind.SPLIT_ACTIVITY:
                start = activity.start + activity.minutes // 2 * MINUTE
        placed = step.kind is EditKind.PLACE_ACTIVITY
        return Edit(
            field="edits[0]",
            kind=step.kind,
            agent_ids=("ann", "bob") if placed and step.activity else (step.agent,),
            shift_id=None if shift is None else shift.id,
            activity_start=None if activity is None else activity.start,
            start=None if placed else start,
            minutes=step.minutes,
            code_id=None if step.kind is EditKind.SPLIT_ACTIVITY else step.code,
            window=(start, start + 12 * 60 * MINUTE) if placed else None,
        )

    async def _parts(self, schedule_id: str) -> dict[str, Part]:
        async with self.context.reader() as reader:
            kept = await shifts.read_parts(reader, "org-1", schedule_id)
        return {agent: each.part for agent, each in kept.items()}

    async def _check_edit(self, step: Change, done: EditOutcome, before: dict[str, Part]) -> None:
        """What was told is what stands, and paid minutes change only where they may."""
        after = await self._parts(done.draft.schedule.id)
        assert tuple(compare_parts(before, after)) == done.differences
        for each in done.differences:
            assert each.paid_after == paid_minutes(after.get(each.agent_id))
        async with self.context.reader() as reader:
            off = await find_approved(reader, "org-1", step.agent)
        cut = any(each.code in ("edit.over.meal", "edit.over.break") for each in done.breaches)
        if step.kind in CONSERVING and not off and not cut:
            assert paid_minutes(after.get(step.agent)) == paid_minutes(before.get(step.agent))


async def test_edits_never_overlap_and_pay_what_they_say(planner: Planner, context: SettableContext) -> None:
    loop = asyncio.get_running_loop()
    people = await settle(planner, context)
    edited: list[int] = []

    # Examples run in a thread of their own, each step on this loop.
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(st.sampled_from(NIGHTS), st.lists(st.one_of(changes, changes, steps), min_size=4, max_size=12))
    def holds(night: date, sequence: list[object]) -> None:
        world = EditedWorld(context, night, people)
        asyncio.run_coroutine_threadsafe(_hold(world, sequence), loop).result(120)
        edited.append(world.edited)

    await asyncio.to_thread(holds)
    assert sum(edited) > 5, "the sequences have edits that are possible"


async def _hold(world: EditedWorld, sequence: list[object]) -> None:
    await forget(world.context)
    for step in [*FIRST, *sequence]:
        await world.take(step)
        await world.check()
    await world.end()
