"""Organizations and the tenant's switches on the wire."""

from typing import Annotated

import msgspec
from msgspec import Meta

from shiftline.foundation.web.wire import Instant, NamedReference, ShortText, Wire
from shiftline.identity.model import Organization as OrganizationModel
from shiftline.identity.model import ShiftRuleChange, TenantSettings
from shiftline.identity.operations.passwords import SHORTEST

WEBRTC = "webRTC"

Grace = Annotated[int, Meta(ge=0, le=1440)]
Span = Annotated[int, Meta(ge=1, le=1440)]
Name = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]


class Organization(Wire):
    """The vendor's organization. ``features`` holds the switches that are enforced."""

    id: str
    name: str
    domain: str
    default_language: str
    default_country_code: str
    state: str
    version: int
    features: dict[str, bool]
    self_uri: str
    support_uri: str | None = msgspec.field(default=None, name="supportURI")


class OrganizationChange(Wire):
    """What of an organization can be changed; absent fields stay."""

    version: Annotated[int, Meta(ge=1)]
    name: Name | None = None
    default_language: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=35)] | None = (
        None
    )
    default_country_code: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | None = None
    support_uri: ShortText | None = msgspec.field(default=None, name="supportURI")


class FeatureSwitch(Wire):
    """On or off."""

    enabled: bool


class PasswordRequirements(Wire):
    """What a password must have."""

    minimum_length: int


class AuthenticationSettings(Wire):
    """How people of the organization sign in."""

    multifactor_authentication_required: bool
    domain_allowlist_enabled: bool
    domain_allowlist: list[str]
    ip_address_allowlist: list[str]
    password_requirements: PasswordRequirements


class ShiftRule(Wire):
    """Our extension: the softphone works only within a published shift, with some grace before and after. Off by default.

    ``marginMinutes`` sets both graces, of which those that are given win; it is told while they are the same. Overrides last
    ``overrideDefaultMinutes`` unless said otherwise, and ``overrideMostMinutes`` at most. ``dateSwitched`` and ``switchedBy``
    are only told: since when the rule is on, or off.
    """

    enabled: bool
    margin_minutes: Grace | None = None
    grace_before_minutes: Grace | None = None
    grace_after_minutes: Grace | None = None
    override_default_minutes: Span | None = None
    override_most_minutes: Span | None = None
    date_switched: Instant | None = None
    switched_by: NamedReference | None = None


class TelephonySettings(Wire):
    """The tenant's telephony switches; absent ones stay as they are."""

    persistent_connection_required: bool | None = None
    softphone_only_within_shift: ShiftRule | None = None


def organization(model: OrganizationModel, webrtc_enabled: bool) -> Organization:  # noqa: FBT001  a pair as it is read
    """An organization as its people see it."""
    return Organization(
        id=model.id,
        name=model.name,
        domain=model.domain,
        default_language=model.default_language,
        default_country_code=model.default_country_code,
        state="active" if model.active else "inactive",
        version=model.version,
        features=features(webrtc_enabled),
        self_uri=f"/api/v2/organizations/{model.id}",
        support_uri=model.support_uri,
    )


def features(webrtc_enabled: bool) -> dict[str, bool]:  # noqa: FBT001
    """The organization's features by name."""
    return {WEBRTC: webrtc_enabled}


def authentication_settings() -> AuthenticationSettings:
    """What holds for every organization of this installation."""
    return AuthenticationSettings(
        multifactor_authentication_required=False,
        domain_allowlist_enabled=False,
        domain_allowlist=[],
        ip_address_allowlist=[],
        password_requirements=PasswordRequirements(minimum_length=SHORTEST),
    )


def telephony_settings(settings: TenantSettings) -> TelephonySettings:
    """The tenant's telephony switches."""
    return TelephonySettings(
        persistent_connection_required=settings.persistent_connection_required,
        softphone_only_within_shift=shift_rule(settings),
    )


def shift_rule(settings: TenantSettings) -> ShiftRule:
    """The tenant's shift rule."""
    before, after = settings.shift_grace_before_minutes, settings.shift_grace_after_minutes
    return ShiftRule(
        enabled=settings.softphone_within_shift,
        margin_minutes=before if before == after else None,
        grace_before_minutes=before,
        grace_after_minutes=after,
        override_default_minutes=settings.shift_override_default_minutes,
        override_most_minutes=settings.shift_override_most_minutes,
        date_switched=settings.shift_rule_since,
        switched_by=NamedReference(id=settings.shift_rule_by),
    )


def rule_change(body: ShiftRule | None) -> ShiftRuleChange | None:
    """What a body wants of the shift rule."""
    if body is None:
        return None
    return ShiftRuleChange(
        enabled=body.enabled,
        margin=body.margin_minutes,
        grace_before=body.grace_before_minutes,
        grace_after=body.grace_after_minutes,
        override_default=body.override_default_minutes,
        override_most=body.override_most_minutes,
    )
