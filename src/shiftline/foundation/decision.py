"""A verdict that explains itself: the only form in which access is allowed or refused."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
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
class Operation:
    """The one API call that does something: the path is whole, the body goes as it is.

    ``permission``: what whoever calls it needs, in ``division_id`` (None: in any). ``own``: the person concerned may call it, too,
    with ``own_permission`` or (None) with none.
    """

    method: str
    path: str
    body: Fact = field(default=None, hash=False)
    permission: str | None = None
    division_id: str | None = None
    own: bool = False
    own_permission: str | None = None

    @property
    def command(self) -> str:
        """The call as a line for a shell, which knows SHIFTLINE_API (``https://api.HOST``) and SHIFTLINE_TOKEN."""
        line = f'curl -sS -X {self.method} "$SHIFTLINE_API"{shlex.quote(self.path)} -H "Authorization: Bearer $SHIFTLINE_TOKEN"'
        if self.body is None:
            return line
        return f"{line} -H 'Content-Type: application/json' -d {shlex.quote(json.dumps(self.body))}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What the verdict would be with a remedy, and what would still refuse: codes with their sentences."""

    allowed: bool | None
    sentence: str
    blockers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would change a verdict: who can do it, what, and whether that takes effect at once.

    ``operation``: where one call does it. ``preview``: what would come of it, judged by the function that refused.
    """

    who: str
    what: str
    at_once: bool
    sentence: str
    operation: Operation | None = None
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One gate's verdict. ``holds``: True passes, False blocks, None could not be known.

    ``unnamed``: the sentence without the names of other people, for one that has some.
    """

    code: str
    holds: bool | None
    sentence: str
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])
    source: Source | None = None
    remedies: tuple[Remedy, ...] = ()
    unnamed: str | None = None

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
    """Every gate of one action for one subject at one instant, with what was read to judge it.

    ``who`` and ``what`` word the sentence: "Ana Ruiz" may "connect the softphone". ``told`` is the whole sentence where a
    decision tells what happened instead of what may be.
    """

    action: str
    subject_id: str
    evaluated_at: datetime
    gates: tuple[Reason, ...]
    not_a_cause: tuple[Irrelevance, ...] = ()
    warnings: tuple[Irrelevance, ...] = ()
    next_change_at: datetime | None = None
    who: str = "You"
    what: str = "do this"
    told: str | None = None
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

    def without_names(self) -> "Decision":
        """The same for whoever may not know who did what: nobody else is named, and nobody's id is told."""
        told = self.told
        for gate in self.gates:
            if told is not None and gate.unnamed is not None:
                told = told.replace(gate.sentence, gate.unnamed)
        return replace(self, gates=tuple(_without_names(gate) for gate in self.gates), told=told)

    @property
    def sentence(self) -> str:
        """The verdict for a person, the first thing to read."""
        if self.told is not None:
            return self.told
        if self.blockers:
            return f"{self.who} may not {self.what}: " + " ".join(gate.sentence for gate in self.blockers)
        if self.unknown:
            reasons = " ".join(gate.sentence for gate in self.unknown)
            return f"Whether {self.who} may {self.what} could not be known: {reasons}"
        return f"{self.who} may {self.what}: nothing stands against it."


def _without_names(gate: Reason) -> Reason:
    source = gate.source and replace(gate.source, by=None)
    return replace(gate, sentence=gate.unnamed or gate.sentence, source=source)


def text_of(instant: datetime) -> str:
    """An instant as every answer spells it: UTC, milliseconds, ``Z``."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def describe(decision: Decision) -> dict[str, object]:
    """A decision as JSON: the sentence first."""
    return {
        "sentence": decision.sentence,
        "allowed": decision.allowed,
        "action": decision.action,
        "user_id": decision.subject_id,
        "blockers": [describe_gate(gate) for gate in decision.blockers],
        "not_a_cause": [_describe_note(note) for note in decision.not_a_cause],
        "warnings": [_describe_note(note) for note in decision.warnings],
        "remedies": [_describe_remedy(remedy) for remedy in decision.remedies],
        "gates": [describe_gate(gate) for gate in decision.gates],
        "next_change_at": None if decision.next_change_at is None else text_of(decision.next_change_at),
        "evaluated_at": text_of(decision.evaluated_at),
        "decision_id": decision.decision_id,
    }


def _describe_note(note: Irrelevance) -> dict[str, object]:
    return {
        "code": note.code,
        "sentence": note.sentence,
        "facts": dict(note.facts),
        "documentation": document_of(note.code),
    }


def _describe_remedy(remedy: Remedy) -> dict[str, object]:
    operation, preview = remedy.operation, remedy.preview
    return {
        "who": remedy.who,
        "what": remedy.what,
        "at_once": remedy.at_once,
        "sentence": remedy.sentence,
        "operation": None
        if operation is None
        else {
            "method": operation.method,
            "path": operation.path,
            "body": operation.body,
            "permission": operation.permission,
            "division_id": operation.division_id,
            "own": operation.own,
            "own_permission": operation.own_permission,
        },
        "command": operation and operation.command,
        "preview": None
        if preview is None
        else {
            "allowed": preview.allowed,
            "sentence": preview.sentence,
            "blockers": [{"code": code, "sentence": sentence} for code, sentence in preview.blockers],
        },
    }


def document_of(code: str) -> str:
    """The page of a code; ``GET /api/v2/shiftline/access/reasons/{code}`` answers with its text."""
    return f"docs/why/{code}.md"


def describe_gate(gate: Reason) -> dict[str, object]:
    """One gate as JSON."""
    source = gate.source
    return {
        "code": gate.code,
        "holds": gate.holds,
        "sentence": gate.sentence,
        "unnamed": gate.unnamed,
        "facts": dict(gate.facts),
        "source": None
        if source is None
        else {
            "record": source.record,
            "since": None if source.since is None else text_of(source.since),
            "by": source.by,
        },
        "documentation": document_of(gate.code),
    }
