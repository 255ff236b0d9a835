"""Stations, phones and sites in the vendor's shapes."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import LongText, NamedReference, Reference, ShortText, Wire
from shiftline.stations.model import (
    LINE_META_BASE_ID,
    META_BASE_ID,
    META_BASE_NAME,
    STATION_TYPE,
    Line,
    PersonStations,
    Phone,
    PhoneBase,
    PhoneBaseDraft,
    PhoneDraft,
    Record,
    Site,
    SiteDraft,
    Station,
)
from shiftline.stations.operations.phones import Surroundings

EDGES = "/api/v2/telephony/providers/edges"

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Version: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Properties: TypeAlias = Annotated[dict[str, Any], Meta(max_length=200)]


class WireStation(Wire, kw_only=True):
    """Station."""

    id: str
    name: str
    status: Literal["AVAILABLE", "ASSOCIATED"]
    type: str
    line_appearance_id: str
    user_id: str | None = None
    web_rtc_user_id: str | None = None
    web_rtc_media_dscp: int
    web_rtc_persistent_enabled: bool
    web_rtc_force_turn: bool
    web_rtc_call_appearances: int
    web_rtc_require_media_helper: bool
    self_uri: str


class WireUserStation(Wire, kw_only=True):
    """UserStation."""

    id: str
    name: str
    type: str
    associated_user: Reference | None = None
    associated_date: datetime | None = None
    default_user: Reference | None = None
    web_rtc_call_appearances: int


class WireUserStations(Wire):
    """UserStations."""

    associated_station: WireUserStation | None = None
    effective_station: WireUserStation | None = None
    default_station: WireUserStation | None = None
    last_associated_station: WireUserStation | None = None


class WireSite(Wire, kw_only=True):
    """Site, as far as a softphone has one."""

    id: str
    name: str
    description: str | None = None
    version: int
    date_created: datetime
    date_modified: datetime
    created_by: str
    modified_by: str
    state: str
    media_model: str
    caller_id: str | None = None
    caller_name: str | None = None
    cloud_proxy_force_turn: bool
    self_uri: str


class SiteBody(Wire):
    """A site to be. Only cloud sites exist here."""

    name: Name
    description: LongText | None = None
    media_model: Literal["Cloud"] | None = None
    caller_id: ShortText | None = None
    caller_name: ShortText | None = None
    cloud_proxy_force_turn: bool | None = None


class LineBody(Wire):
    """A line of a phone, or of phone base settings, to be."""

    name: Name | None = None
    properties: Properties | None = None
    line_base_settings: Reference | None = None


class PhoneBaseBody(Wire):
    """Phone base settings to be. ``version`` is compared when it is sent."""

    name: Name
    description: LongText | None = None
    version: Version | None = None
    phone_meta_base: Reference | None = None
    lines: Annotated[list[LineBody], Meta(max_length=1)] | None = None
    properties: Properties | None = None
    capabilities: Properties | None = None


class PhoneBody(PhoneBaseBody):
    """A phone to be."""

    site: Reference | None = None
    phone_base_settings: Reference | None = None
    line_base_settings: Reference | None = None
    web_rtc_user: Reference | None = None


class WireLine(Wire, kw_only=True):
    """Line; a LineBase is one without site and base."""

    id: str | None = None
    name: str
    version: int | None = None
    state: str
    site: NamedReference | None = None
    line_meta_base: NamedReference | None = None
    line_base_settings: NamedReference | None = None
    default_for_user: NamedReference | None = None
    properties: dict[str, Any]
    self_uri: str | None = None


class WirePhoneBase(Wire, kw_only=True):
    """PhoneBase."""

    id: str | None = None
    name: str
    description: str | None = None
    version: int | None = None
    date_created: datetime | None = None
    date_modified: datetime | None = None
    created_by: str | None = None
    modified_by: str | None = None
    state: str
    phone_meta_base: NamedReference
    lines: list[WireLine]
    properties: dict[str, Any]
    capabilities: dict[str, Any]
    self_uri: str | None = None


class WirePhone(WirePhoneBase, kw_only=True):
    """Phone."""

    site: NamedReference | None = None
    phone_base_settings: NamedReference
    line_base_settings: NamedReference
    web_rtc_user: NamedReference | None = None


def show_station(station: Station) -> WireStation:
    """A station."""
    return WireStation(
        id=station.id,
        name=station.name,
        status="AVAILABLE" if station.associated_person_id is None else "ASSOCIATED",
        type=STATION_TYPE,
        line_appearance_id=station.line_id,
        user_id=station.associated_person_id,
        web_rtc_user_id=station.person_id,
        web_rtc_media_dscp=station.settings.media_dscp,
        web_rtc_persistent_enabled=station.settings.persistent,
        web_rtc_force_turn=station.settings.force_turn,
        web_rtc_call_appearances=station.settings.call_appearances,
        web_rtc_require_media_helper=station.settings.require_media_helper,
        self_uri=f"/api/v2/stations/{station.id}",
    )


def show_person_stations(stations: PersonStations) -> WireUserStations:
    """A person's stations."""

    def show(station: Station | None) -> WireUserStation | None:
        if station is None:
            return None
        me = Reference(id=stations.person_id, self_uri=f"/api/v2/users/{stations.person_id}")
        at_it = stations.associated is not None and stations.associated.id == station.id
        return WireUserStation(
            id=station.id,
            name=station.name,
            type=STATION_TYPE,
            associated_user=me if at_it else None,
            associated_date=stations.associated_at if at_it else None,
            default_user=me if stations.default is not None and stations.default.id == station.id else None,
            web_rtc_call_appearances=station.settings.call_appearances,
        )

    return WireUserStations(
        associated_station=show(stations.associated),
        effective_station=show(stations.effective),
        default_station=show(stations.default),
        last_associated_station=show(stations.last),
    )


def show_site(site: Site) -> WireSite:
    """A site."""
    return WireSite(
        id=site.id,
        name=site.name,
        description=site.description,
        version=site.record.version,
        date_created=site.record.created_at,
        date_modified=site.record.changed_at,
        created_by=site.record.created_by,
        modified_by=site.record.changed_by,
        state="active",
        media_model="Cloud",
        caller_id=site.caller_id,
        caller_name=site.caller_name,
        cloud_proxy_force_turn=site.force_turn,
        self_uri=f"{EDGES}/sites/{site.id}",
    )


def read_site(body: SiteBody) -> SiteDraft:
    """What a site shall be."""
    return SiteDraft(
        name=body.name,
        description=body.description,
        caller_id=body.caller_id,
        caller_name=body.caller_name,
        force_turn=bool(body.cloud_proxy_force_turn),
    )


def _dates(record: Record) -> dict[str, Any]:
    return {
        "version": record.version,
        "date_created": record.created_at,
        "date_modified": record.changed_at,
        "created_by": record.created_by,
        "modified_by": record.changed_by,
    }


META_BASE = NamedReference(id=META_BASE_ID, name=META_BASE_NAME)
LINE_META_BASE = NamedReference(id=LINE_META_BASE_ID)


def _show_line_base(line: Line) -> WireLine:
    return WireLine(
        id=line.id, name=line.name, state="active", line_meta_base=LINE_META_BASE, properties=dict(line.properties)
    )


def show_phone_base(base: PhoneBase) -> WirePhoneBase:
    """Phone base settings."""
    return WirePhoneBase(
        id=base.id,
        name=base.name,
        description=base.description,
        state="active",
        phone_meta_base=META_BASE,
        lines=[_show_line_base(base.line)],
        properties=dict(base.properties),
        capabilities=dict(base.capabilities),
        self_uri=f"{EDGES}/phonebasesettings/{base.id}",
        **_dates(base.record),
    )


def show_phone_base_template() -> WirePhoneBase:
    """Phone base settings to start from."""
    line = WireLine(name=META_BASE_NAME, state="active", line_meta_base=LINE_META_BASE, properties={})
    return WirePhoneBase(
        name="", state="active", phone_meta_base=META_BASE, lines=[line], properties={}, capabilities={}
    )


def show_line(phone: Phone, around: Surroundings) -> WireLine:
    """The line of a phone."""
    return WireLine(
        id=phone.line.id,
        name=phone.line.name,
        version=phone.record.version,
        state="active",
        site=_site_reference(around.site),
        line_base_settings=_line_base_reference(around.base),
        default_for_user=_user_reference(phone, around),
        properties=dict(phone.line.properties),
        self_uri=f"{EDGES}/lines/{phone.line.id}",
    )


def show_phone(phone: Phone, around: Surroundings) -> WirePhone:
    """A phone."""
    return WirePhone(
        id=phone.id,
        name=phone.name,
        description=phone.description,
        state="active" if phone.active else "deleted",
        phone_meta_base=META_BASE,
        lines=[show_line(phone, around)],
        properties=dict(phone.properties),
        capabilities=dict(phone.capabilities),
        site=_site_reference(around.site),
        phone_base_settings=_base_reference(around.base),
        line_base_settings=_line_base_reference(around.base),
        web_rtc_user=_user_reference(phone, around),
        self_uri=f"{EDGES}/phones/{phone.id}",
        **_dates(phone.record),
    )


def show_phone_template(base: PhoneBase) -> WirePhone:
    """A phone with these base settings to start from."""
    line = WireLine(name=base.line.name, state="active", line_base_settings=_line_base_reference(base), properties={})
    return WirePhone(
        name="",
        state="active",
        phone_meta_base=META_BASE,
        lines=[line],
        properties={},
        capabilities=dict(base.capabilities),
        phone_base_settings=_base_reference(base),
        line_base_settings=_line_base_reference(base),
    )


def _site_reference(site: Site) -> NamedReference:
    return NamedReference(id=site.id, name=site.name, self_uri=f"{EDGES}/sites/{site.id}")


def _base_reference(base: PhoneBase) -> NamedReference:
    return NamedReference(id=base.id, name=base.name, self_uri=f"{EDGES}/phonebasesettings/{base.id}")


def _line_base_reference(base: PhoneBase) -> NamedReference:
    return NamedReference(id=base.line.id, name=base.line.name)


def _user_reference(phone: Phone, around: Surroundings) -> NamedReference:
    return NamedReference(id=phone.person_id, name=around.person_name, self_uri=f"/api/v2/users/{phone.person_id}")


def read_phone_base(body: PhoneBaseBody) -> PhoneBaseDraft:
    """What phone base settings shall be. Raises Invalid for another kind of phone."""
    _check_meta_base(body.phone_meta_base)
    line = body.lines[0] if body.lines else LineBody()
    return PhoneBaseDraft(
        name=body.name,
        description=body.description,
        properties=body.properties or {},
        capabilities=body.capabilities or {},
        line_name=line.name,
        line_properties=line.properties or {},
    )


def read_phone(body: PhoneBody) -> PhoneDraft:
    """What a phone shall be. Raises Invalid for another kind of phone, or one of nobody."""
    _check_meta_base(body.phone_meta_base)
    if body.web_rtc_user is None:
        raise Invalid(Problem("webRtcUser", "is required: every phone here is a WebRTC softphone of a user."))
    line = body.lines[0] if body.lines else LineBody()
    return PhoneDraft(
        name=body.name,
        person_id=body.web_rtc_user.id,
        description=body.description,
        site_id=body.site and body.site.id,
        phone_base_id=body.phone_base_settings and body.phone_base_settings.id,
        properties=body.properties or {},
        capabilities=body.capabilities or {},
        line_name=line.name,
        line_properties=line.properties or {},
    )


def _check_meta_base(meta_base: Reference | None) -> None:
    if meta_base is not None and meta_base.id != META_BASE_ID:
        raise Invalid(Problem("phoneMetaBase.id", f"must be {META_BASE_ID}: only WebRTC softphones exist here."))
