"""A verdict that explains itself: the only form in which access is allowed or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, TypeAlias

from shiftline.foundation.ids import new_id

Fact: TypeAlias = "str | int | float | bool | Sequence[Fact] | Mapping[str, Fact] | None"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands, since when (aware instant, application clock), and who put it there."""

    record: str
    since: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would change a verdict: who can do it, what, and whether that takes effect at once."""

    who: str
    what: str
    at_once: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One gate's verdict. ``holds``: True passes, False blocks, None could not be known."""

    code: str
    holds: bool | None
    sentence: str
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])
    source: Source | None = None
    remedies: tuple[Remedy, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a Reason has three answers: read .holds")


@dataclass(frozen=True, slots=True)
class Irrelevance:
    """A fact that people suspect and that plays no part in the verdict."""

    code: str
    sentence: str
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])


@dataclass(frozen=True, slots=True)
class Decision:
    """Every gate of one action for one subject at one instant, with what was read to judge it."""

    action: str
    subject_id: str
    evaluated_at: datetime
    gates: tuple[Reason, ...]
    not_a_cause: tuple[Irrelevance, ...] = ()
    warnings: tuple[Irrelevance, ...] = ()
    next_change_at: datetime | None = None
    decision_id: str = field(default_factory=new_id)

    def __bool__(self) -> NoReturn:
        raise TypeError("a Decision is not a bool: read .allowed, which has three answers")

    @property
    def blockers(self) -> tuple[Reason, ...]:
        """The gates that refuse, all of them."""
        return tuple(gate for gate in self.gates if gate.holds is False)

    @property
    def unknown(self) -> tuple[Reason, ...]:
        """The gates that could not be judged."""
        return tuple(gate for gate in self.gates if gate.holds is None)

    @property
    def allowed(self) -> bool | None:
        """False when any gate refuses; else None when any could not be known; else True."""
        if self.blockers:
            return False
        return None if self.unknown else True

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What would lift the blockers, in the order of the gates, each once."""
        return tuple(dict.fromkeys(remedy for gate in self.blockers for remedy in gate.remedies))

    @property
    def sentence(self) -> str:
        """The verdict for a person, the first thing to read."""
        if self.blockers:
            return f"{self.action.capitalize()} is refused: " + " ".join(gate.sentence for gate in self.blockers)
        if self.unknown:
            return f"Whether {self.action} is allowed could not be known: " + " ".join(g.sentence for g in self.unknown)
        return f"{self.action.capitalize()} is allowed: nothing stands against it."
