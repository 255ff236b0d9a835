"""People, organizations, clients, tokens."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

PersonState = Literal["active", "inactive", "deleted"]
GrantType = Literal["CLIENT-CREDENTIALS", "CODE"]

WEB_CLIENT_ID = "shiftline-web"
TOKEN_LIFETIME = timedelta(days=1)
CODE_LIFETIME = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Organization:
    """A tenant."""

    id: str
    name: str
    domain: str
    active: bool
    default_language: str
    default_country_code: str
    support_uri: str | None
    version: int


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """The organization's switches. The shift rule is the only way a schedule may gate the phone; off by default."""

    webrtc_enabled: bool
    persistent_connection_required: bool
    softphone_within_shift: bool
    shift_margin_minutes: int
    version: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in an organization. ``jabber_id`` is the bare JID of their softphone."""

    id: str
    name: str
    email: str
    title: str | None
    department: str | None
    preferred_name: str | None
    division_id: str
    state: PersonState
    state_reason: str | None
    jabber_id: str
    addresses: tuple[dict[str, str], ...]
    profile_skills: tuple[str, ...]
    manager_id: str | None
    acd_auto_answer: bool
    version: int
    since: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody to be. ``id`` None: a new one is made."""

    name: str
    email: str
    division_id: str | None = None
    title: str | None = None
    department: str | None = None
    addresses: tuple[dict[str, str], ...] = ()
    state: PersonState = "active"
    password: str | None = field(default=None, repr=False)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """A program that may ask for tokens."""

    id: str
    name: str
    description: str | None
    grant_type: GrantType
    redirect_uris: tuple[str, ...]
    token_seconds: int
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token at the one moment when its text is known."""

    text: str = field(repr=False)
    expires_in: int
    organization_id: str
    person_id: str | None
    client_id: str
    refresh: str | None = field(default=None, repr=False)
