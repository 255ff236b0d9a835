"""Access on the wire: ours, so in plain snake_case as decisions are stored."""

from typing import Any

import msgspec


class Gate(msgspec.Struct, kw_only=True):
    """One gate's verdict; ``holds`` null: could not be known."""

    code: str
    holds: bool | None
    sentence: str
    facts: dict[str, Any]
    source: dict[str, Any] | None
    documentation: str


class Note(msgspec.Struct, kw_only=True):
    """A fact with a sentence."""

    code: str
    sentence: str
    facts: dict[str, Any]
    documentation: str | None = None


class RemedyOperation(msgspec.Struct, kw_only=True):
    """The one API call that does it. ``permission`` in ``division_id`` (null: in any); ``own``: the user may, too, with ``own_permission``."""

    method: str
    path: str
    body: Any = None
    permission: str | None = None
    division_id: str | None = None
    own: bool = False
    own_permission: str | None = None


class StillRefusing(msgspec.Struct, kw_only=True):
    """A gate that would refuse all the same."""

    code: str
    sentence: str


class RemedyPreview(msgspec.Struct, kw_only=True):
    """What the verdict would be then; ``blockers``: what would still refuse."""

    allowed: bool | None
    sentence: str
    blockers: list[StillRefusing]


class RemedyBody(msgspec.Struct, kw_only=True):
    """What would lift a refusal: by which call, and what would come of it. ``may``: whether the caller may do it."""

    who: str
    what: str
    at_once: bool
    sentence: str
    operation: RemedyOperation | None = None
    command: str | None = None
    preview: RemedyPreview | None = None
    may: bool | None = None


class AccessDecision(msgspec.Struct, kw_only=True):
    """A decision, the sentence first; ``agent_sentence`` is for the user themself, without names, ids and permissions."""

    sentence: str
    agent_sentence: str | None = None
    allowed: bool | None
    action: str
    user_id: str
    blockers: list[Gate]
    not_a_cause: list[Note]
    warnings: list[Note]
    remedies: list[RemedyBody]
    gates: list[Gate]
    next_change_at: str | None
    evaluated_at: str
    decision_id: str
    purpose: str | None = None
    evidence: dict[str, Any] | None = None
    client_log: list[dict[str, Any]] | None = None
    revision: str | None = None
    """How far the truth was that was read: what a later request names by `shiftline-min-revision`."""


class AccessAttempts(msgspec.Struct, kw_only=True):
    """The decisions on somebody's attempts, newest first."""

    entities: list[AccessDecision]
