"""Any sequence of opening, taking, giving back, reviewing and withdrawing open shifts among trades, swaps, time off and
reverts, over the night on which clocks go back and two zones: what is worked and what is open together stay what they were,
to the minute; nobody works twice, nobody works what is open, and what is refused changes nothing.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest
from tests.store.publishing.test_trade_sequences import (
    AGENTS,
    MONDAY,
    WEEKS,
    Nothing,
    World,
    begin,
    centre,
    coverage_of,
    paid,
    roll,
)
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_trade_matches import set_trading

from shiftline.publishing.model import Acceptance
from shiftline.publishing.operations.editing import edit_schedule
from shiftline.workforce.schedule.model import ActivityDraft
from shiftline.workforce.schedule.model.open_shifts import UNDECIDED, OpenShift, OpenShiftDraft, OpenShiftState
from shiftline.workforce.schedule.operations.editing import Order
from shiftline.workforce.schedule.operations.opening import (
    Change,
    change_open_shift,
    list_schedule_open_shifts,
    open_shift,
)
from shiftline.workforce.schedule.operations.reading import list_revisions
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditKind
from shiftline.workforce.trades.operations.open_shifts import (
    Wish,
    release_open_shift,
    review_open_shift,
    take_open_shift,
)

__all__ = ["centre"]

STEPS = 50
Sum: TypeAlias = tuple[Counter[tuple[datetime, datetime]], int]


@dataclass(frozen=True)
class OpenNew:
    day: int
    hour: int
    berlin: bool


@dataclass(frozen=True)
class OpenFrom:
    agent: str
    shift: int


@dataclass(frozen=True)
class TakeOpen:
    agent: str
    which: int


@dataclass(frozen=True)
class GiveBack:
    which: int


@dataclass(frozen=True)
class Review:
    which: int
    approve: bool


@dataclass(frozen=True)
class Withdrawn:
    which: int


OPEN_STEPS = (OpenNew, OpenFrom, TakeOpen, GiveBack, Review, Withdrawn)


def roll_open(dice: random.Random) -> Any:
    """What somebody does next: two times of three with open shifts."""
    if dice.random() < 1 / 3:
        return roll(dice)
    agent, number = dice.choice(AGENTS), dice.randrange(60)
    kinds: dict[Any, int] = {
        OpenNew(dice.randrange(14), dice.randrange(24), berlin=dice.random() < 0.3): 2,
        OpenFrom(agent, number): 3,
        TakeOpen(agent, number): 7,
        GiveBack(number): 1,
        Review(number, approve=dice.random() < 0.7): 3,
        Withdrawn(number): 1,
    }
    return dice.choices(list(kinds), list(kinds.values()))[0]


class OpenWorld(World):
    """The same centre, with work that belongs to nobody."""

    def acts(self) -> dict[type, Callable[[Any], Awaitable[bool]]]:
        mine: dict[type, Callable[[Any], Awaitable[bool]]] = {
            OpenNew: self.open_new, OpenFrom: self.open_from, TakeOpen: self.take_open,
            GiveBack: self.give_back, Review: self.review, Withdrawn: self.withdraw_open,
        }  # fmt: skip
        return {**super().acts(), **mine}

    async def take_step(self, step: Any) -> None:
        before, left = await self.sum(), {each.id: each for each in await self.open()}
        await super().take_step(step)
        after = await self.sum()
        works = await self.works()
        standing = {shift.id for shifts in works.values() for shift in shifts}
        assert not standing & {each.shift.id for each in await self.open()}
        if not isinstance(step, OPEN_STEPS):
            return
        now = {each.id: each for each in await self.open()}
        new = [now[each] for each in now.keys() - left.keys()] if isinstance(step, OpenNew) else []
        gone = [left[each] for each in left.keys() - now.keys()] if isinstance(step, Withdrawn) else []
        assert after == add(before, new, gone)

    async def open(self) -> list[OpenShift]:
        """What could be worked, and waits for somebody or a review."""
        found = [
            each
            for week in WEEKS
            for each in await list_schedule_open_shifts(self.centre.boss, f"sch-{week}", UNDECIDED, None)
        ]
        return [each for each in found if each.in_force]

    async def sum(self) -> Sum:
        """What is worked and what is open, together."""
        works, left = await self.works(), await self.open()
        spans = Counter((each.shift.start, each.shift.end) for each in left)
        return coverage_of(works) + spans, paid(works) + sum(each.shift.paid_minutes for each in left)

    async def one(self, which: int, state: OpenShiftState) -> OpenShift:
        """One of those in a state: nine times of ten. Otherwise one in whatever state."""
        every = [
            each
            for week in WEEKS
            for each in await list_schedule_open_shifts(self.centre.boss, f"sch-{week}", None, None)
        ]
        found = [each for each in every if each.state is state] if which % 10 else every
        if not found:
            raise Nothing
        return found[which % len(found)]

    async def open_new(self, step: OpenNew) -> bool:
        start = MONDAY + timedelta(days=step.day, hours=step.hour)
        unit = self.centre.berlin if step.berlin else self.centre.chicago
        meal = ActivityDraft(start=start + timedelta(hours=3), minutes=30, code_id="2")
        draft = OpenShiftDraft(management_unit_id=unit.id, start=start, minutes=480, activities=[meal])
        await open_shift(self.centre.boss, f"sch-{WEEKS[step.day // 7]}", draft)
        return True

    async def open_from(self, step: OpenFrom) -> bool:
        schedule_id, shift = await self.shift_of(step.agent, step.shift)
        schedule, _ = await list_revisions(self.centre.boss, schedule_id)
        edit = Edit("edits[0]", EditKind.OPEN_SHIFT, (person_id(self.who(step.agent)),), shift_id=shift.id)
        order = Order(schedule_id, schedule.version, (edit,), "Somebody else shall work it")
        accepted = [Acceptance(code) for code in ("rest.too.short", "edit.over.time.off")]
        return (await edit_schedule(self.centre.boss, order, accepted)).revised is not None

    async def take_open(self, step: TakeOpen) -> bool:
        found = await self.one(step.which, OpenShiftState.OPEN)
        taken = (await take_open_shift(self.who(step.agent), Wish(found.id, found.version))).open_shift
        self.done[taken.state.value] += taken.version != found.version
        return taken.version != found.version

    async def give_back(self, step: GiveBack) -> bool:
        found = await self.one(step.which, OpenShiftState.CLAIMED)
        people = {person_id(self.who(agent)): self.who(agent) for agent in AGENTS}
        who = self.centre.ada if found.taker is None else people[found.taker.person_id]
        return (await release_open_shift(who, Wish(found.id, found.version))).open_shift.version != found.version

    async def review(self, step: Review) -> bool:
        found = await self.one(step.which, OpenShiftState.CLAIMED)
        wish = Wish(found.id, found.version)
        done = await review_open_shift(self.centre.boss, wish, approve=step.approve)
        return done.open_shift.version != found.version

    async def withdraw_open(self, step: Withdrawn) -> bool:
        found = await self.one(step.which, OpenShiftState.OPEN)
        change = Change(found.id, found.version, OpenShiftDraft(), withdraw=True)
        return (await change_open_shift(self.centre.boss, change)).version != found.version


def add(sums: Sum, new: list[OpenShift], gone: list[OpenShift]) -> Sum:
    coverage, minutes = Counter(sums[0]), sums[1]
    coverage.update((each.shift.start, each.shift.end) for each in new)
    coverage.subtract((each.shift.start, each.shift.end) for each in gone)
    minutes += sum(each.shift.paid_minutes for each in new) - sum(each.shift.paid_minutes for each in gone)
    return +coverage, minutes


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
async def test_open_shifts_conserve_coverage_and_paid_time(centre: Centre, database_url: str, seed: int) -> None:
    if seed % 2:
        await set_trading(
            centre, autoReview=True, acrossManagementUnits="Allow", minMinutesBetweenShiftsViolations="Allow"
        )
    world, dice = OpenWorld(centre, database_url), random.Random(seed)
    await begin(centre)
    for _ in range(STEPS):
        await world.take_step(roll_open(dice))
    assert all(world.done[name] for name in ("OpenNew", "OpenFrom", "TakeOpen")), world.done
    assert world.done["Taken"] + world.done["Review"], world.done
