"""Who flips between two worlds, when and why, by the function that enforces. Pure."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime

from shiftline.access.model.connecting import Tried
from shiftline.access.model.histories import History
from shiftline.access.model.simulations import (
    Change,
    ExceptionChange,
    Foreseen,
    GrantChange,
    PersonChange,
    RoleChange,
    ScheduleChange,
    SettingsChange,
    World,
)
from shiftline.access.rules.foreseeing import list_gates_at
from shiftline.access.rules.histories import list_instants
from shiftline.foundation.decision import Reason
from shiftline.foundation.errors import Problem
from shiftline.foundation.time import MINUTE

NOBODY = History(person_id="")


def find_problems(changes: tuple[Change, ...]) -> list[Problem]:
    """What a draft says twice and differently, or does not say at all."""
    problems: list[Problem] = []
    said: dict[tuple[object, ...], tuple[object, str]] = {}
    for change in changes:
        pairs = list(_list_claims(change))
        if not pairs:
            problems.append(Problem(change.field, "changes nothing: name what it sets."))
        for key, value in pairs:
            former = said.setdefault(key, (value, change.field))
            if former[0] != value:
                problems.append(
                    Problem(change.field, f"contradicts {former[1]}: both set the same, to something else.")
                )
    return problems


def _list_claims(change: Change) -> Iterator[tuple[tuple[object, ...], object]]:
    match change:
        case SettingsChange():
            switches = asdict(change)
            yield from (((name,), value) for name, value in switches.items() if name != "field" and value is not None)
        case ExceptionChange():
            yield ("exception", change.subject, change.subject_id), True
        case PersonChange():
            yield ("person", change.person_id), change.state
        case GrantChange():
            yield ("grant", change.person_id, change.role_id, change.division_id), change.active
        case RoleChange():
            yield ("role", change.role_id), frozenset(change.permissions)
        case ScheduleChange():
            yield ("schedule", change.schedule_id), change.revision


def rule_of(world: World) -> dict[str, object] | None:
    """The tenant's shift rule as it stands last in a world: what is compared with the rule that somebody switches on."""
    if not world.setting.tenants:
        return None
    fact = world.setting.tenants[-1].fact
    return {
        "softphone_within_shift": fact.softphone_within_shift,
        "grace_before_minutes": fact.grace_before // MINUTE,
        "grace_after_minutes": fact.grace_after // MINUTE,
    }


def compare_worlds(
    action: Tried, before: World, after: World, since: datetime, until: datetime
) -> tuple[list[Foreseen], int]:
    """Everybody whose verdict would be another, by when it begins; and at how many instants it was judged."""
    foreseen: list[Foreseen] = []
    judged = 0
    for person_id in dict.fromkeys([*before.histories, *after.histories]):
        pair = _Pair(
            action,
            (before, before.histories.get(person_id, replace(NOBODY, person_id=person_id))),
            (after, after.histories.get(person_id, replace(NOBODY, person_id=person_id))),
        )
        found, count = pair.compare(since, until)
        foreseen += found
        judged += count
    foreseen.sort(key=lambda each: (each.start, each.name, each.person_id))
    return foreseen, judged


class _Pair:
    """One person in both worlds."""

    def __init__(self, action: Tried, before: tuple[World, History], after: tuple[World, History]) -> None:
        self.action: Tried = action
        self.before, self.after = before, after

    def compare(self, since: datetime, until: datetime) -> tuple[list[Foreseen], int]:
        if self.before[1] == self.after[1] and self.before[0].setting == self.after[0].setting:
            return [], 0
        instants = sorted(
            {since, *self._instants(self.before, since, until), *self._instants(self.after, since, until)}
        )
        found: list[Foreseen] = []
        for at in instants:
            was, becomes = self._judge(self.before, at, since), self._judge(self.after, at, since)
            standing = found[-1] if found and found[-1].end is None else None
            differs = _allowed(was) is not _allowed(becomes)
            told = self._tell(at, was, becomes) if differs else None
            if standing is not None and told is not None and _is_same(standing, told):
                continue
            if standing is not None:
                found[-1] = replace(standing, end=at)
            if told is not None:
                found.append(told)
        return found, len(instants)

    def _tell(self, at: datetime, was: tuple[Reason, ...], becomes: tuple[Reason, ...]) -> Foreseen:
        # What is refused is explained; where a refusal is lifted, what would not stand against it any more.
        against = [gate for gate in (becomes if _allowed(becomes) is not True else was) if gate.holds is not True]
        return Foreseen(
            person_id=self.after[1].person_id,
            name=self._name(),
            start=at,
            end=None,
            before=_allowed(was),
            after=_allowed(becomes),
            codes=tuple(gate.code for gate in against),
            sentence=" ".join(gate.sentence for gate in against),
        )

    def _name(self) -> str:
        known = [one.fact.name for _, history in (self.after, self.before) for one in history.persons]
        return known[-1] if known else self.after[1].person_id

    def _judge(self, where: tuple[World, History], at: datetime, since: datetime) -> tuple[Reason, ...]:
        world, history = where
        return list_gates_at(self.action, history, world.setting, at, ahead=at > since)

    @staticmethod
    def _instants(where: tuple[World, History], since: datetime, until: datetime) -> list[datetime]:
        world, history = where
        return list_instants(history, world.setting, since, until)


def _allowed(gates: tuple[Reason, ...]) -> bool | None:
    if any(gate.holds is False for gate in gates):
        return False
    return None if any(gate.holds is None for gate in gates) else True


def _is_same(one: Foreseen, other: Foreseen) -> bool:
    return (one.before, one.after, one.codes) == (other.before, other.after, other.codes)
