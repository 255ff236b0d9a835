"""What is tried, and who would flip, on the wire."""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from shiftline.access.model.connecting import ExceptionKind, Tried
from shiftline.access.model.simulations import (
    Change,
    ExceptionChange,
    Foreseen,
    GrantChange,
    PersonChange,
    RoleChange,
    ScheduleChange,
    SettingsChange,
    Simulation,
)
from shiftline.foundation.decision import text_of

Id = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Permission = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
ROWS_AT_MOST = 10_000


class SettingsTried(msgspec.Struct, kw_only=True, tag="settings", tag_field="kind", forbid_unknown_fields=True):
    """Switches of the tenant; what is absent stays."""

    webrtc_enabled: bool | None = None
    softphone_within_shift: bool | None = None
    shift_margin_minutes: Annotated[int, Meta(ge=0, le=1440)] | None = None
    shift_grace_before_minutes: Annotated[int, Meta(ge=0, le=1440)] | None = None
    shift_grace_after_minutes: Annotated[int, Meta(ge=0, le=1440)] | None = None


class ExceptionTried(msgspec.Struct, kw_only=True, tag="exception", tag_field="kind", forbid_unknown_fields=True):
    """Somebody whom the shift rule shall not concern: a user, whoever holds a role, or whoever is in a division."""

    subject: ExceptionKind
    subject_id: Id


class PersonTried(msgspec.Struct, kw_only=True, tag="person", tag_field="kind", forbid_unknown_fields=True):
    """A user activated, deactivated or deleted."""

    user_id: Id
    state: Literal["active", "inactive", "deleted"]


class GrantTried(msgspec.Struct, kw_only=True, tag="grant", tag_field="kind", forbid_unknown_fields=True):
    """A role given in a division (``*``: all), or taken away (``active`` false)."""

    user_id: Id
    role_id: Id
    division_id: Id = "*"
    active: bool = True


class RoleTried(msgspec.Struct, kw_only=True, tag="role", tag_field="kind", forbid_unknown_fields=True):
    """A role's permissions replaced."""

    role_id: Id
    permissions: Annotated[list[Permission], Meta(max_length=500)]


class PublishTried(msgspec.Struct, kw_only=True, tag="publish", tag_field="kind", forbid_unknown_fields=True):
    """A draft of a schedule published."""

    schedule_id: Id


class RevertTried(msgspec.Struct, kw_only=True, tag="revert", tag_field="kind", forbid_unknown_fields=True):
    """An earlier revision of a schedule put into force again."""

    schedule_id: Id
    revision: Annotated[int, Meta(ge=1, le=1_000_000_000)]


ChangeTried: TypeAlias = (
    SettingsTried | ExceptionTried | PersonTried | GrantTried | RoleTried | PublishTried | RevertTried
)


class SimulationRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is tried, on whom (absent: everybody), for how many days from now on."""

    changes: Annotated[list[ChangeTried], Meta(min_length=1, max_length=50)]
    action: Tried = "connect"
    days: Annotated[int, Meta(ge=1, le=31)] = 7
    user_ids: Annotated[list[Id], Meta(min_length=1, max_length=20_000)] | None = None


class AccessFlipForeseen(msgspec.Struct, kw_only=True):
    """From when until when (null: beyond the span) somebody's verdict would be another, and why."""

    user_id: str
    name: str
    start: str = msgspec.field(name="from")
    end: str | None = msgspec.field(name="to")
    allowed_now: bool | None
    allowed_then: bool | None
    codes: list[str]
    sentence: str


class AccessSimulation(msgspec.Struct, kw_only=True):
    """Who would flip by what was tried, when and why; the sentence first. ``refused``: why the change would not be made at all.

    ``flips`` has the first 10,000 of ``total``.
    """

    id: str
    sentence: str
    refused: str | None
    action: str
    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    people: int
    instants: int
    total: int
    people_refused: int
    people_admitted: int
    flips: list[AccessFlipForeseen]


def read_changes(given: list[ChangeTried]) -> tuple[Change, ...]:
    """What is tried, each change with its field."""
    return tuple(_read(each, f"changes[{index}]") for index, each in enumerate(given))


def _read(given: ChangeTried, field: str) -> Change:
    match given:
        case SettingsTried():
            return SettingsChange(field, **msgspec.structs.asdict(given))
        case ExceptionTried():
            return ExceptionChange(field, given.subject, given.subject_id)
        case PersonTried():
            return PersonChange(field, given.user_id, given.state)
        case GrantTried():
            return GrantChange(field, given.user_id, given.role_id, given.division_id, given.active)
        case RoleTried():
            return RoleChange(field, given.role_id, tuple(given.permissions))
        case PublishTried() | RevertTried():
            return ScheduleChange(field, given.schedule_id, getattr(given, "revision", None))


def write_simulation(found: Simulation) -> AccessSimulation:
    """A simulation on the wire."""
    refused = {each.person_id for each in found.foreseen if each.after is not True}
    admitted = {each.person_id for each in found.foreseen if each.after is True}
    return AccessSimulation(
        id=found.id,
        sentence=_tell(found, len(refused), len(admitted)),
        refused=found.refused,
        action=found.action,
        start=text_of(found.since),
        end=text_of(found.until),
        people=found.people,
        instants=found.instants,
        total=len(found.foreseen),
        people_refused=len(refused),
        people_admitted=len(admitted),
        flips=[_write(each) for each in found.foreseen[:ROWS_AT_MOST]],
    )


def _tell(found: Simulation, refused: int, admitted: int) -> str:
    if found.refused is not None:
        return f"This change would not be made: {found.refused}"
    what = {"sign-in": "sign in", "connect": "connect", "receive": "receive calls"}[found.action]
    if not found.foreseen:
        return f"Nobody's access would change: of {found.people} people each may {what} exactly when they may now."
    parts = [f"{refused} would be refused at some time"] if refused else []
    parts += [f"{admitted} could {what} who may not now"] if admitted else []
    return f"Of {found.people} people, {' and '.join(parts)} until {text_of(found.until)}."


def _write(each: Foreseen) -> AccessFlipForeseen:
    return AccessFlipForeseen(
        user_id=each.person_id,
        name=each.name,
        start=text_of(each.start),
        end=None if each.end is None else text_of(each.end),
        allowed_now=each.before,
        allowed_then=each.after,
        codes=list(each.codes),
        sentence=each.sentence,
    )
