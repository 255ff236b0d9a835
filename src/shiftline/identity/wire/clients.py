"""OAuth clients on the wire."""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Instant, LongText, Reference, ShortText, Wire
from shiftline.identity.model import Client, ClientDraft
from shiftline.identity.wire.people import Name
from shiftline.identity.wire.subjects import RoleDivision

Uri = Annotated[str, Meta(min_length=1, max_length=2048, pattern=r"^[^\x00]*$")]


class ClientRequest(Wire):
    """What a client shall be. ``roleIds`` (the vendor's older form) are roles in the home division."""

    name: Name
    authorized_grant_type: Literal["CLIENT-CREDENTIALS", "CODE"]
    description: LongText | None = None
    access_token_validity_seconds: Annotated[int, Meta(ge=300, le=38_880_000)] = 86400
    registered_redirect_uri: Annotated[tuple[Uri, ...], Meta(max_length=125)] = ()
    role_ids: Annotated[tuple[Identifier, ...], Meta(max_length=1000)] | None = None
    role_divisions: Annotated[tuple[RoleDivision, ...], Meta(max_length=1000)] | None = None
    scope: Annotated[tuple[ShortText, ...], Meta(max_length=500)] = ()
    state: Literal["active", "disabled", "inactive"] = "active"

    def draft(self, home_division_id: str) -> ClientDraft:
        """The client it asks for."""
        roles: tuple[tuple[str, str], ...] | None = None
        if self.role_divisions is not None or self.role_ids is not None:
            pairs = [(each.role_id, each.division_id) for each in self.role_divisions or ()]
            named = {role_id for role_id, _ in pairs}
            pairs += [(role_id, home_division_id) for role_id in self.role_ids or () if role_id not in named]
            roles = tuple(pairs)
        return ClientDraft(
            name=self.name,
            grant_type=self.authorized_grant_type,
            description=self.description,
            redirect_uris=self.registered_redirect_uri,
            token_seconds=self.access_token_validity_seconds,
            active=self.state == "active",
            roles=roles,
        )


class OAuthClient(Wire):
    """A client; ``secret`` is told when it is made or renewed, and never again."""

    id: str
    name: str
    authorized_grant_type: str
    access_token_validity_seconds: int
    registered_redirect_uri: list[str]
    role_ids: list[str]
    role_divisions: list[RoleDivision]
    scope: list[str]
    state: str
    self_uri: str
    description: str | None = None
    secret: str | None = None
    date_modified: Instant | None = None
    modified_by: Reference | None = None


class OAuthScope(Wire):
    """A scope."""

    id: str
    description: str


class OAuthScopes(Wire):
    """The scopes by which a token can be narrowed: none, since roles decide what a token may do."""

    total: int
    entities: Sequence[OAuthScope]
    self_uri: str


def oauth_client(client: Client, roles: Sequence[tuple[str, str]], secret: str | None = None) -> OAuthClient:
    """A client as its administrators see it."""
    return OAuthClient(
        id=client.id,
        name=client.name,
        authorized_grant_type=client.grant_type,
        access_token_validity_seconds=client.token_seconds,
        registered_redirect_uri=list(client.redirect_uris),
        role_ids=list(dict.fromkeys(role_id for role_id, _ in roles)),
        role_divisions=[RoleDivision(role_id=role_id, division_id=division_id) for role_id, division_id in roles],
        scope=[],
        state=client.state,
        self_uri=f"/api/v2/oauth/clients/{client.id}",
        description=client.description,
        secret=secret,
        date_modified=client.since,
        modified_by=None if client.changed_by is None else Reference(id=client.changed_by),
    )
