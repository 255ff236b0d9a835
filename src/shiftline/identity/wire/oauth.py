"""OAuth's own words: snake_case, form-encoded in, JSON out (RFC 6749, 7009, 7662)."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from shiftline.foundation.web.wire import Wire
from shiftline.identity.model import IssuedToken, Organization
from shiftline.identity.operations.tokens import TokenFacts

Word = Annotated[str, Meta(max_length=2048, pattern=r"^[^\x00]*$")]


class TokenForm(msgspec.Struct, kw_only=True):
    """What a program sends to ``/oauth/token``."""

    grant_type: Word
    client_id: Word | None = None
    client_secret: Word | None = None
    code: Word | None = None
    redirect_uri: Word | None = None
    code_verifier: Word | None = None
    refresh_token: Word | None = None


class TokenQuestion(msgspec.Struct, kw_only=True):
    """What a program sends to ``/oauth/introspect`` and ``/oauth/revoke``."""

    token: Word
    token_type_hint: Word | None = None
    client_id: Word | None = None
    client_secret: Word | None = None


class TokenAnswer(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A token. ``description`` style extras are left to refusals."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str | None = None


class IntrospectionAnswer(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a token stands for; ``active`` alone when it would be refused. Instants are seconds since 1970."""

    active: bool
    client_id: str | None = None
    sub: str | None = None
    token_type: str | None = None
    exp: int | None = None
    iat: int | None = None
    organization_id: str | None = None


class OAuthErrorAnswer(msgspec.Struct, kw_only=True):
    """A refusal in OAuth's words; ``description`` is the vendor's name for ``error_description``."""

    error: str
    description: str
    error_description: str


class NamedEntity(Wire):
    """A thing's id and name."""

    id: str
    name: str | None = None


class TokenClient(Wire):
    """The program that a token was issued to."""

    id: str
    name: str | None = None
    organization: NamedEntity | None = None


class TokenInfo(Wire):
    """The vendor's description of the calling token. Tokens are not narrowed by scope: roles decide."""

    organization: NamedEntity
    home_organization: NamedEntity
    authorized_scope: list[str]
    oauth_client: TokenClient | None = msgspec.field(default=None, name="OAuthClient")


def token_answer(issued: IssuedToken) -> TokenAnswer:
    """A token as its client gets it."""
    return TokenAnswer(
        access_token=issued.text,
        token_type="bearer",  # noqa: S106 - RFC 6750's word, no secret
        expires_in=issued.expires_in,
        refresh_token=issued.refresh,
    )


def introspection_answer(facts: TokenFacts | None) -> IntrospectionAnswer:
    """What introspection tells."""
    if facts is None:
        return IntrospectionAnswer(active=False)
    return IntrospectionAnswer(
        active=True,
        client_id=facts.client_id,
        sub=facts.person_id or facts.client_id,
        token_type="bearer",  # noqa: S106
        exp=_seconds(facts.expires_at),
        iat=_seconds(facts.issued_at),
        organization_id=facts.organization_id,
    )


def token_info(organization: Organization, client_id: str | None, client_name: str | None) -> TokenInfo:
    """The calling token."""
    named = NamedEntity(id=organization.id, name=organization.name)
    client = None if client_id is None else TokenClient(id=client_id, name=client_name, organization=named)
    return TokenInfo(organization=named, home_organization=named, authorized_scope=[], oauth_client=client)


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
