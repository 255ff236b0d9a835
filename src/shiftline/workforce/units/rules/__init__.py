"""What a unit may be, and what it becomes. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

import msgspec

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import find_zone
from shiftline.workforce.units.errors import StaleVersion, VersionMissing
from shiftline.workforce.units.model import (
    BusinessUnit,
    ManagementUnit,
    Move,
    MoveResult,
    Settings,
    Stamp,
    UnitDraft,
)
from shiftline.workforce.units.rules.periods import read_periods

SETTINGS_BYTES_AT_MOST = 64 * 1024

Unit = TypeVar("Unit", BusinessUnit, ManagementUnit)


def check_name(name: str | None) -> str:
    """A unit's or code's name without blanks around it. Raises Invalid for none."""
    stripped = (name or "").strip()
    if not stripped:
        raise Invalid(Problem("name", "is required."))
    return stripped


def check_settings(settings: Settings) -> Settings:
    """Settings that can be stored. Raises Invalid: too large, NUL characters, planning periods that cannot be read."""
    read_periods(settings)
    encoded = msgspec.json.encode(settings)
    if len(encoded) > SETTINGS_BYTES_AT_MOST:
        raise Invalid(Problem("settings", f"may take at most {SETTINGS_BYTES_AT_MOST} bytes.", "too.large"))
    if b"\\u0000" in encoded:
        raise Invalid(Problem("settings", "may not hold NUL characters."))
    return settings


def check_zone(name: str, field: str) -> str:
    """The name of a zone that exists. Raises ZoneUnknown naming the field."""
    return find_zone(name, field).key


def check_version(current: Stamp, sent: int | None, field: str) -> None:
    """Whether the caller knows what it changes. Raises VersionMissing, StaleVersion."""
    if sent is None:
        raise VersionMissing(field)
    if sent != current.version:
        raise StaleVersion(current, sent)


def merge_settings(old: Settings, new: Settings) -> Settings:
    """Old settings with each named group replaced key by key: what a PATCH does not name stays."""
    merged = dict(old)
    for name, value in new.items():
        known = merged.get(name)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            merged[name] = {**cast("Mapping[str, Any]", known), **cast("Mapping[str, Any]", value)}
        else:
            merged[name] = value
    return check_settings(merged)


def apply_draft(unit: Unit, draft: UnitDraft) -> Unit:
    """The unit as the draft wants it. Raises StaleVersion, VersionMissing (for settings), ZoneUnknown, Invalid."""
    touches_settings = any((draft.settings, draft.time_zone, draft.start_day_of_week))
    if touches_settings or draft.version is not None:
        check_version(unit.stamp, draft.version, "settings.metadata.version")
    return replace(
        unit,
        name=unit.name if draft.name is None else check_name(draft.name),
        division_id=draft.division_id or unit.division_id,
        time_zone=unit.time_zone if draft.time_zone is None else check_zone(draft.time_zone, "settings.timeZone"),
        start_day_of_week=draft.start_day_of_week or unit.start_day_of_week,
        settings=unit.settings if draft.settings is None else merge_settings(unit.settings, draft.settings),
    )


def judge_moves(
    person_ids: Collection[str],
    units: Mapping[str, str | None],
    destination: str | None,
    closed: Collection[str],
) -> tuple[Move, ...]:
    """What becomes of each agent, given where they work now. ``closed``: units that the mover may not take agents from."""

    def judge(person_id: str) -> MoveResult:
        here = units.get(person_id)
        if here == destination:
            return MoveResult.NOTHING_TO_DO if destination is None else MoveResult.ALREADY_THERE
        return MoveResult.SOURCE_NOT_AUTHORIZED if here in closed else MoveResult.MOVED

    return tuple(Move(person_id, judge(person_id)) for person_id in person_ids)
