"""What differs between a schedule as it is and as it is wanted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from shiftline.workforce.schedule.model import AgentUpdate, FullDay, KeptPart, Part, Shift


@dataclass(slots=True)
class Changes:
    """What a revision closes and inserts. ``agents`` are those whose part changes; ``gone`` lose theirs."""

    closed_keys: list[int] = field(default_factory=list[int])
    inserted: list[tuple[str, Shift]] = field(default_factory=list[tuple[str, Shift]])
    closed_days: list[tuple[str, FullDay]] = field(default_factory=list[tuple[str, FullDay]])
    inserted_days: list[tuple[str, FullDay]] = field(default_factory=list[tuple[str, FullDay]])
    agents: list[Part] = field(default_factory=list[Part])
    gone: list[str] = field(default_factory=list[str])
    updates: dict[str, AgentUpdate] = field(default_factory=dict[str, AgentUpdate])

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.agents and not self.gone


def find_changes(kept: Mapping[str, KeptPart], wanted: Mapping[str, Part | None]) -> Changes:
    """The changes that make each named agent's part as wanted (None: no part); agents not named stay."""
    changes = Changes()
    for agent_id, part in wanted.items():
        _compare(agent_id, kept.get(agent_id), part, changes)
    return changes


def _compare(agent_id: str, kept: KeptPart | None, part: Part | None, changes: Changes) -> None:
    if kept is None and part is None:
        return
    differs = _compare_shifts(agent_id, kept, part, changes)
    differs |= _compare_days(agent_id, kept, part, changes)
    if part is None:
        changes.gone.append(agent_id)
    elif kept is None or differs or _plans(kept.part) != _plans(part):
        changes.agents.append(part)


def _plans(part: Part) -> tuple[str | None, tuple[str, ...] | None]:
    return part.work_plan_id, part.work_plan_ids_per_week


def _compare_shifts(agent_id: str, kept: KeptPart | None, part: Part | None, changes: Changes) -> bool:
    standing = {} if kept is None else {s.id: (k, s) for k, s in zip(kept.keys, kept.part.shifts, strict=True)}
    added, edited, deleted = [], [], []
    for shift in part.shifts if part is not None else ():
        key, old = standing.pop(shift.id, (None, None))
        if old is not None and is_same(old, shift):
            continue
        if key is not None:
            changes.closed_keys.append(key)
            edited.append(shift.start)
        else:
            added.append(shift.start)
        changes.inserted.append((agent_id, shift))
    for key, old in standing.values():
        changes.closed_keys.append(key)
        deleted.append(old.start)
    if not (added or edited or deleted):
        return False
    changes.updates[agent_id] = AgentUpdate(tuple(added), tuple(edited), tuple(deleted))
    return True


def is_same(one: Shift, other: Shift) -> bool:
    """Whether two shifts say the same; by which tzdata it was found out does not matter."""
    return one == other or (one.start == other.start and msgspec.structs.replace(one, tzdata=other.tzdata) == other)


def _compare_days(agent_id: str, kept: KeptPart | None, part: Part | None, changes: Changes) -> bool:
    before = {day.day: day for day in kept.part.full_days} if kept is not None else {}
    after = {day.day: day for day in part.full_days} if part is not None else {}
    closed = [(agent_id, day) for key, day in before.items() if after.get(key) != day]
    inserted = [(agent_id, day) for key, day in after.items() if before.get(key) != day]
    changes.closed_days += closed
    changes.inserted_days += inserted
    return bool(closed or inserted)


def merge_updates(taken: AgentUpdate, given: AgentUpdate) -> AgentUpdate:
    """One agent's update when one schedule takes shifts away and another gives some: same start, an edited shift."""
    gone, come = set(taken.deleted), set(given.added)
    return AgentUpdate(
        added=tuple(start for start in given.added if start not in gone),
        edited=tuple(sorted({*given.edited, *(gone & come)})),
        deleted=tuple(sorted((gone - come) | set(given.deleted))),
    )
