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
    since: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """The organization's switches. The shift rule is the only way a schedule may gate the phone; off by default.

    The margin is what both graces were last set to together. ``shift_rule_since``: since when the rule is on, or off.
    """

    webrtc_enabled: bool
    persistent_connection_required: bool
    softphone_within_shift: bool
    shift_margin_minutes: int
    version: int
    shift_grace_before_minutes: int
    shift_grace_after_minutes: int
    shift_override_default_minutes: int
    shift_override_most_minutes: int
    shift_rule_since: datetime
    shift_rule_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRuleChange:
    """What of the shift rule shall be another; None: as it is. Minutes. ``margin`` sets both graces that are not given."""

    enabled: bool | None = None
    margin: int | None = None
    grace_before: int | None = None
    grace_after: int | None = None
    override_default: int | None = None
    override_most: int | None = None


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
class Condition:
    """One condition of a search: one of the person's fields (as stored) matches one of the words."""

    fields: tuple[str, ...]
    kind: Literal["EXACT", "STARTS_WITH", "CONTAINS", "PRESENT"]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeopleSearch:
    """Which people: all of ``every`` holds, none of ``none``, and one of ``some`` when there are any."""

    every: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()
    some: tuple[Condition, ...] = ()
    sort_by: str = "name"
    descending: bool = False
    with_deleted: bool = False


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
    since: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class ClientDraft:
    """What a client shall be. ``roles`` are (role id, division id), for a client of client credentials."""

    name: str
    grant_type: GrantType
    description: str | None = None
    redirect_uris: tuple[str, ...] = ()
    token_seconds: int = 86400
    active: bool = True
    roles: tuple[tuple[str, str], ...] | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client as the token endpoint meets it. ``organization_id`` None: built in, for people of every organization."""

    organization_id: str | None
    client: Client
    secret_digest: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """A token to be issued: to a person through a client, or to the client itself.

    ``family`` joins tokens that came from one authorization code.
    """

    person_id: str | None
    client_id: str
    lifetime: timedelta = TOKEN_LIFETIME
    with_refresh: bool = False
    family: bytes | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Which tokens of an organization: all that match every field that is not None."""

    digest: bytes | None = None
    person_id: str | None = None
    client_id: str | None = None
    family: bytes | None = None


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """An authorization code: whose, for which client and redirect, under which PKCE challenge."""

    organization_id: str
    person_id: str
    client_id: str
    redirect_uri: str
    challenge: str | None
    used: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class CodeProof:
    """What a client shows to turn a code into a token. ``secret`` None: it is a public client."""

    code: str = field(repr=False)
    client_id: str
    redirect_uri: str | None
    verifier: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What an application asks of the sign-in page (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""

    client_id: str
    redirect_uri: str
    response_type: str = "code"
    state: str | None = None
    challenge: str | None = None
    challenge_method: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody types at the sign-in page. ``organization_id`` only where the e-mail address has several."""

    email: str
    password: str = field(repr=False)
    organization_id: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token at the one moment when its text is known."""

    text: str = field(repr=False)
    expires_in: int
    organization_id: str
    person_id: str | None
    client_id: str
    refresh: str | None = field(default=None, repr=False)
