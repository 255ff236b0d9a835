"""Sites, phones, stations, and who is at which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

STATION_TYPE = "inin_webrtc_softphone"
META_BASE_ID = "inin_webrtc_softphone.json"
META_BASE_NAME = "PureCloud WebRTC Phone"
LINE_META_BASE_ID = "inin_webrtc_softphone_line.json"

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """Who made and who last changed something, and its version."""

    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Site:
    """A place, and what its phones share. ``force_turn``: media goes through a relay only."""

    id: str
    name: str
    description: str | None
    caller_id: str | None
    caller_name: str | None
    force_turn: bool
    is_default: bool
    record: Record


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """What a site shall be."""

    name: str
    description: str | None = None
    caller_id: str | None = None
    caller_name: str | None = None
    force_turn: bool = False
    is_default: bool = False
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The one line of a softphone. Properties have the vendor's shape: name -> {"value": {"instance": ...}}."""

    id: str
    name: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class PhoneBase:
    """Phone base settings: what many phones have in common."""

    id: str
    name: str
    description: str | None
    properties: Properties
    capabilities: Properties
    line: Line
    is_default: bool
    record: Record


@dataclass(frozen=True, slots=True)
class PhoneBaseDraft:
    """What phone base settings shall be."""

    name: str
    description: str | None = None
    properties: Properties = field(default_factory=dict[str, Any])
    capabilities: Properties = field(default_factory=dict[str, Any])
    line_name: str | None = None
    line_properties: Properties = field(default_factory=dict[str, Any])
    is_default: bool = False
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A person's softphone."""

    id: str
    name: str
    description: str | None
    site_id: str
    phone_base_id: str
    person_id: str
    properties: Properties
    capabilities: Properties
    line: Line
    active: bool
    record: Record


@dataclass(frozen=True, slots=True)
class PhoneDraft:
    """What a phone shall be; without site or base settings it gets the organization's default ones."""

    name: str
    person_id: str
    description: str | None = None
    site_id: str | None = None
    phone_base_id: str | None = None
    properties: Properties = field(default_factory=dict[str, Any])
    capabilities: Properties = field(default_factory=dict[str, Any])
    line_name: str | None = None
    line_properties: Properties = field(default_factory=dict[str, Any])
    id: str | None = None
    station_id: str | None = None


@dataclass(frozen=True, slots=True)
class StationSettings:
    """How a station behaves. ``persistent``: its connection stays between calls; ``media_dscp``: 0-63."""

    persistent: bool = False
    force_turn: bool = False
    call_appearances: int = 1
    media_dscp: int = 46
    require_media_helper: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """Where a person takes calls. ``associated_person_id``: who is at it now."""

    id: str
    name: str
    phone_id: str
    line_id: str
    person_id: str
    settings: StationSettings
    associated_person_id: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class PersonStations:
    """A person's stations; each None when there is none."""

    person_id: str
    associated: Station | None = None
    associated_at: datetime | None = None
    default: Station | None = None
    last: Station | None = None

    @property
    def effective(self) -> Station | None:
        """Where calls would go: the associated station, else the default one."""
        return self.associated or self.default


@dataclass(frozen=True, slots=True)
class StationFilter:
    """Which stations are wanted; None asks nothing. ``name`` is a beginning, ``*`` stands for anything."""

    name: str | None = None
    person_id: str | None = None
    ids: tuple[str, ...] | None = None
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class PhoneFilter:
    """Which phones are wanted; None asks nothing. ``name`` is a beginning, ``*`` stands for anything."""

    id: str | None = None
    name: str | None = None
    person_id: str | None = None
    phone_base_id: str | None = None
    site_id: str | None = None
