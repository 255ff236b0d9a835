"""What became of a verdict between two instants: every flip, and what changed then. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shiftline.access.model.connecting import Action
from shiftline.access.model.histories import History, Setting
from shiftline.access.rules.connecting import judge_access
from shiftline.access.rules.histories import list_instants, snapshot_at
from shiftline.foundation.decision import Decision, Reason


@dataclass(frozen=True, slots=True)
class Turn:
    """One gate that judges otherwise from an instant on. ``by_itself``: nobody did anything, an instant was reached."""

    code: str
    before: Reason | None
    after: Reason | None
    by_itself: bool


@dataclass(frozen=True, slots=True)
class Flip:
    """From an instant on the verdict is another, or has other reasons."""

    at: datetime
    before: Decision
    after: Decision
    turns: tuple[Turn, ...]

    @property
    def turned(self) -> bool:
        """Whether it allows what it refused, or the other way round."""
        return self.before.allowed is not self.after.allowed


def follow(
    action: Action, history: History, setting: Setting, since: datetime, until: datetime, *, now: datetime
) -> tuple[Decision, tuple[Flip, ...]]:
    """The verdict at the first instant, and each flip after it up to the second."""

    def judge(at: datetime) -> Decision:
        return judge_access(action, snapshot_at(history, setting, at), ahead=at > now)

    return walk(judge, list_instants(history, setting, since, until), since)


def walk(
    judge: Callable[[datetime], Decision], instants: Sequence[datetime], since: datetime
) -> tuple[Decision, tuple[Flip, ...]]:
    """The verdict at an instant, and what becomes of it at later ones."""
    first = before = judge(since)
    flips: list[Flip] = []
    for at in instants:
        after = judge(at)
        turns = tuple(find_turns(before, after, at))
        if turns:
            flips.append(Flip(at, before, after, turns))
        before = after
    return first, tuple(flips)


def find_turns(before: Decision, after: Decision, at: datetime) -> list[Turn]:
    """The gates that judge otherwise. A gate is known by the room that it asks: the first part of its code."""
    former = {_room(gate): gate for gate in before.gates}
    later = {_room(gate): gate for gate in after.gates}
    turns: list[Turn] = []
    for room in {**former, **later}:
        was, is_now = former.get(room), later.get(room)
        if (was and was.code) == (is_now and is_now.code):
            continue
        source = (is_now or was or after.gates[0]).source
        happened = source is not None and source.since == at
        turns.append(Turn((is_now or was or after.gates[0]).code, was, is_now, by_itself=not happened))
    return turns


def _room(gate: Reason) -> str:
    return gate.code.partition(".")[0]
