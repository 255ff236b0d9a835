"""Changes that are tried, not made, and who would flip by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from shiftline.access.model.connecting import ExceptionKind, Tried
from shiftline.access.model.histories import History, Setting


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """Switches of the tenant; None stays. ``field`` (here and below) names the change in a refusal."""

    field: str
    webrtc_enabled: bool | None = None
    softphone_within_shift: bool | None = None
    shift_margin_minutes: int | None = None
    shift_grace_before_minutes: int | None = None
    shift_grace_after_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ExceptionChange:
    """Somebody whom the shift rule shall not concern: a person, whoever holds a role, or whoever is in a division."""

    field: str
    subject: ExceptionKind
    subject_id: str


@dataclass(frozen=True, slots=True)
class PersonChange:
    """Somebody activated or deactivated."""

    field: str
    person_id: str
    state: Literal["active", "inactive", "deleted"]


@dataclass(frozen=True, slots=True)
class GrantChange:
    """A role given, or taken away (not ``active``), in a division (``*``: all)."""

    field: str
    person_id: str
    role_id: str
    division_id: str
    active: bool


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role's permissions replaced."""

    field: str
    role_id: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """A draft published, or (``revision``) an earlier revision of a schedule put into force again."""

    field: str
    schedule_id: str
    revision: int | None = None


Change: TypeAlias = SettingsChange | ExceptionChange | PersonChange | GrantChange | RoleChange | ScheduleChange


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried, on whom (None: everybody), and until when; from now on."""

    changes: tuple[Change, ...]
    until: datetime
    action: Tried = "connect"
    person_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class World:
    """All facts as they stand, or as they would."""

    setting: Setting
    histories: Mapping[str, History]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """From ``start`` until ``end`` (None: beyond the span) somebody's verdict would be another. ``codes`` and ``sentence`` say why
    of the world in which it is refused.
    """

    person_id: str
    name: str
    start: datetime
    end: datetime | None
    before: bool | None
    after: bool | None
    codes: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a trial found. ``refused``: why the change itself would not be made. ``rule``: the tenant's switches after it."""

    id: str
    action: Tried
    since: datetime
    until: datetime
    people: int
    instants: int
    foreseen: tuple[Foreseen, ...]
    refused: str | None = None
    rule: Mapping[str, object] | None = None
