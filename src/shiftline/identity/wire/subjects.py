"""Who holds what, on the wire."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

from msgspec import Meta

from shiftline.authorization.model import Grant
from shiftline.authorization.rules import by_entity
from shiftline.foundation.web.paging import Page
from shiftline.foundation.web.wire import Identifier, Instant, Wire

DivisionId: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9_.:@-]*)$")
]


class RoleName(Wire):
    """A role by id and name."""

    id: str
    name: str


class PermissionPolicy(Wire):
    """The actions that are allowed on an entity."""

    domain: str
    entity_name: str
    action_set: list[str]


class UserAuthorization(Wire):
    """A person's roles and the permissions in them."""

    roles: list[RoleName]
    permissions: list[str]
    permission_policies: list[PermissionPolicy]


class GrantPolicy(Wire):
    """The actions that a granted role allows on an entity."""

    domain: str
    entity_name: str
    actions: list[str]


class GrantDivision(Wire):
    """Where a role is granted; ``*`` is every division."""

    id: str
    name: str | None
    home_division: bool
    self_uri: str


class GrantRole(Wire):
    """The role that is granted. ``permissions`` are those that no policy can say, such as ``webRTC:enable``."""

    id: str
    name: str
    description: str | None
    policies: list[GrantPolicy]
    permissions: list[str]
    default: bool
    self_uri: str


class SubjectGrant(Wire):
    """One role in one division, since when."""

    subject_id: str
    division: GrantDivision
    role: GrantRole
    grant_made_at: Instant


class Subject(Wire):
    """A person or client and its grants."""

    id: str
    name: str | None
    grants: list[SubjectGrant]
    self_uri: str


class RoleDivision(Wire):
    """A role in a division."""

    role_id: Identifier
    division_id: DivisionId


class RoleDivisionGrants(Wire):
    """Roles in divisions."""

    grants: Annotated[list[RoleDivision], Meta(max_length=1000)]

    def pairs(self) -> list[tuple[str, str]]:
        """The grants as (role id, division id)."""
        return [(grant.role_id, grant.division_id) for grant in self.grants]


class UserReference(Wire):
    """A user by id."""

    id: str
    self_uri: str


class UserReferences(Wire):
    """One page of users by id."""

    entities: list[UserReference]
    page_size: int
    page_number: int
    total: int
    page_count: int


def user_references(ids: Sequence[str], page: Page) -> UserReferences:
    """One page of users by id."""
    return UserReferences(
        entities=[
            UserReference(id=each, self_uri=f"/api/v2/users/{each}")
            for each in ids[page.offset : page.offset + page.size]
        ],
        page_size=page.size,
        page_number=page.number,
        total=len(ids),
        page_count=max(1, -(-len(ids) // page.size)),
    )


def user_authorization(grants: Sequence[Grant]) -> UserAuthorization:
    """What somebody holds, wherever they hold it."""
    roles = {grant.role.id: grant.role.name for grant in grants}
    permissions = sorted({permission for grant in grants for permission in grant.role.permissions})
    policies = by_entity(permissions)
    return UserAuthorization(
        roles=[RoleName(id=role_id, name=name) for role_id, name in roles.items()],
        permissions=permissions,
        permission_policies=[
            PermissionPolicy(domain=domain, entity_name=entity, action_set=actions)
            for (domain, entity), actions in policies.items()
        ],
    )


def subject(subject_id: str, name: str | None, grants: Sequence[Grant]) -> Subject:
    """Somebody and their grants."""
    return Subject(
        id=subject_id,
        name=name,
        grants=[_grant(grant) for grant in grants],
        self_uri=f"/api/v2/authorization/subjects/{subject_id}",
    )


def _grant(grant: Grant) -> SubjectGrant:
    role, policies = grant.role, by_entity(grant.role.permissions)
    return SubjectGrant(
        subject_id=grant.subject_id,
        division=GrantDivision(
            id=grant.division_id,
            name=grant.division_name,
            home_division=grant.home,
            self_uri=f"/api/v2/authorization/divisions/{grant.division_id}",
        ),
        role=GrantRole(
            id=role.id,
            name=role.name,
            description=role.description,
            policies=[GrantPolicy(domain=d, entity_name=e, actions=actions) for (d, e), actions in policies.items()],
            permissions=[permission for permission in role.permissions if permission.count(":") == 1],
            default=role.default_role_id is not None,
            self_uri=f"/api/v2/authorization/roles/{role.id}",
        ),
        grant_made_at=grant.since,
    )
