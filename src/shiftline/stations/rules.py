"""What a phone's properties make of its station, and what a person's stations become. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import msgspec

from shiftline.foundation.errors import Invalid, Problem
from shiftline.stations.model import (
    PersonStations,
    Phone,
    PhoneBase,
    PhoneBaseDraft,
    PhoneDraft,
    Properties,
    Site,
    SiteDraft,
    Station,
    StationSettings,
)

# The vendor's names first (as its Terraform provider writes them), then the station's own field names, which are ours.
PERSISTENT = ("station_persistent_webrtc_enabled", "station_persistent_enabled", "webRtcPersistentEnabled")
FORCE_TURN = ("webRtcForceTurn",)
CALL_APPEARANCES = ("webRtcCallAppearances",)
MEDIA_DSCP = ("phone_media_dscp", "webRtcMediaDscp")
REQUIRE_MEDIA_HELPER = ("webRtcRequireMediaHelper",)

PROPERTIES_BYTES = 16 * 1024

_FLAGS = (*PERSISTENT, *FORCE_TURN, *REQUIRE_MEDIA_HELPER)
_NUMBERS = {**dict.fromkeys(CALL_APPEARANCES, (1, 50)), **dict.fromkeys(MEDIA_DSCP, (0, 63))}


def check_properties(properties: Properties, path: str) -> None:
    """Refuse a property that cannot be kept, or that a station reads and cannot mean anything. Raises Invalid."""
    text = msgspec.json.encode(properties)
    if len(text) > PROPERTIES_BYTES or b"\\u0000" in text:
        raise Invalid(Problem(path, f"must be at most {PROPERTIES_BYTES} bytes of JSON without NUL characters."))
    problems = [
        Problem(f"{path}.{name}.value.instance", sentence)
        for name, value in properties.items()
        if (sentence := _complaint(name, _instance(value))) is not None
    ]
    if problems:
        raise Invalid(*problems)


def check_draft(draft: PhoneBaseDraft | PhoneDraft) -> None:
    """Refuse a phone or base settings whose properties cannot mean anything. Raises Invalid."""
    check_properties(draft.properties, "properties")
    check_properties(draft.line_properties, "lines[0].properties")
    check_properties(draft.capabilities, "capabilities")


def _complaint(name: str, value: object) -> str | None:
    if name in _FLAGS and not isinstance(value, bool):
        return "must be true or false."
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            return f"must be a whole number from {low} to {high}."
    return None


def _instance(value: object) -> object:
    """The value of a property: ``{"value": {"instance": X}}``, or X as it stands."""
    for key in ("value", "instance"):
        if isinstance(value, Mapping) and key in value:
            value = cast("Mapping[str, Any]", value)[key]
    return value


def classify_settings(site: Site, base: PhoneBase, phone: Phone) -> StationSettings:
    """How the phone's station behaves: the phone's line, the phone, the base's line, the base, the site; first wins."""
    layers = (phone.line.properties, phone.properties, base.line.properties, base.properties)
    default = StationSettings(force_turn=site.force_turn)
    return StationSettings(
        persistent=bool(_first(layers, PERSISTENT, default.persistent)),
        force_turn=bool(_first(layers, FORCE_TURN, default.force_turn)),
        call_appearances=int(_first(layers, CALL_APPEARANCES, default.call_appearances)),
        media_dscp=int(_first(layers, MEDIA_DSCP, default.media_dscp)),
        require_media_helper=bool(_first(layers, REQUIRE_MEDIA_HELPER, default.require_media_helper)),
    )


def apply_tenant(station: Station, *, all_persistent: bool) -> Station:
    """The station as its tenant makes it: persistent when all connections must be."""
    persistent = station.settings.persistent or all_persistent
    return replace(station, settings=replace(station.settings, persistent=persistent))


def _first(layers: Sequence[Properties], names: Sequence[str], default: int) -> int:
    for layer in layers:
        for name in names:
            if name in layer:
                return cast("int", _instance(layer[name]))
    return default


def is_as_drafted(site: Site, draft: SiteDraft) -> bool:
    """Whether a site is what a repeated request asks for."""
    return (site.name, site.description, site.caller_id, site.caller_name, site.force_turn) == (
        draft.name,
        draft.description,
        draft.caller_id,
        draft.caller_name,
        draft.force_turn,
    )


def is_same_base(existing: PhoneBase, wanted: PhoneBase) -> bool:
    """Whether base settings are what a repeated request asks for."""
    line = replace(wanted.line, id=existing.line.id)
    return existing == replace(
        wanted, id=existing.id, line=line, is_default=existing.is_default, record=existing.record
    )


def is_same_phone(existing: Phone, wanted: Phone) -> bool:
    """Whether a phone is what a repeated request asks for."""
    line = replace(wanted.line, id=existing.line.id)
    return existing == replace(wanted, id=existing.id, line=line, record=existing.record)


@dataclass(frozen=True, slots=True)
class Move:
    """What a person's stations become, and about which station the news is (None: nothing changed)."""

    after: PersonStations
    about: Station | None


def associate(stations: PersonStations, station: Station, now: datetime) -> Move:
    """Put the person at a station of theirs; nothing changes when they are there."""
    if stations.associated is not None and stations.associated.id == station.id:
        return Move(stations, None)
    station = replace(station, associated_person_id=stations.person_id)
    return Move(replace(stations, associated=station, associated_at=now, last=station), station)


def disassociate(stations: PersonStations) -> Move:
    """Take the person from the station they are at; nothing changes when they are at none."""
    return Move(replace(stations, associated=None, associated_at=None), stations.associated)


def forget(stations: PersonStations, station_id: str) -> Move:
    """Take a station out of all that a person has, because it is gone or another's now."""
    held = [station for station in (stations.associated, stations.default, stations.last) if _is(station, station_id)]
    at_it = _is(stations.associated, station_id)
    after = replace(
        stations,
        associated=None if at_it else stations.associated,
        associated_at=None if at_it else stations.associated_at,
        default=None if _is(stations.default, station_id) else stations.default,
        last=None if _is(stations.last, station_id) else stations.last,
    )
    return Move(after, held[0] if held else None)


def _is(station: Station | None, station_id: str) -> bool:
    return station is not None and station.id == station_id
