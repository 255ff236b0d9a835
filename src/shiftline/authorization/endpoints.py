"""Divisions, roles and grants over HTTP."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter
from msgspec import Meta

from shiftline.authorization import operations, wire
from shiftline.authorization.model import EVERY_DIVISION
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Listing, Page, commas, listing
from shiftline.foundation.web.wire import Identifier

TAGS = ["Authorization"]
SUBJECTS = "/api/v2/authorization/subjects"
SUBJECT = f"{SUBJECTS}/{{subject_id:str}}"
Ids = Annotated[list[Identifier], Meta(max_length=500)]


@get(f"{wire.DIVISIONS}/home", operation_id="getAuthorizationDivisionsHome", tags=TAGS)
async def get_home_division(context: Context) -> wire.AuthzDivision:
    """The division that everything belongs to unless said otherwise."""
    return wire.to_division(await operations.get_home_division(context))


@get(wire.DIVISIONS, operation_id="getAuthorizationDivisions", tags=TAGS)
async def list_divisions(context: Context, page: Page) -> Listing[wire.AuthzDivision]:
    """The organization's divisions, the home division first."""
    divisions = [wire.to_division(division) for division in await operations.list_divisions(context)]
    return listing(divisions[page.offset : page.offset + page.size], len(divisions), page, wire.DIVISIONS)


@get("/api/v2/authorization/divisionspermitted/me", operation_id="getAuthorizationDivisionspermittedMe", tags=TAGS)
async def list_permitted_divisions(
    context: Context, permission: Annotated[str, Parameter(query="permission", max_length=200)] = ""
) -> list[wire.AuthzDivision]:
    """The divisions in which the caller holds a permission."""
    divisions = await operations.list_divisions(context)
    held = [d for d in divisions if not permission or operations.may(context, permission, division_id=d.id)]
    return [wire.to_division(division) for division in held]


@post(wire.DIVISIONS, operation_id="postAuthorizationDivisions", status_code=200, tags=TAGS)
async def create_division(context: Context, data: wire.AuthzDivision) -> wire.AuthzDivision:
    """Make a division."""
    return wire.to_division(await operations.create_division(context, _named(data.name), data.description))


@get(f"{wire.DIVISIONS}/{{division_id:str}}", operation_id="getAuthorizationDivision", tags=TAGS)
async def get_division(context: Context, division_id: str) -> wire.AuthzDivision:
    """One division."""
    return wire.to_division(await operations.get_division(context, division_id))


@put(f"{wire.DIVISIONS}/{{division_id:str}}", operation_id="putAuthorizationDivision", tags=TAGS)
async def change_division(context: Context, division_id: str, data: wire.AuthzDivision) -> wire.AuthzDivision:
    """Rename a division."""
    changed = await operations.change_division(context, division_id, _named(data.name), data.description)
    return wire.to_division(changed)


@get(wire.ROLES, operation_id="getAuthorizationRoles", tags=TAGS)
async def list_roles(
    context: Context,
    page: Page,
    name: Annotated[str | None, Parameter(query="name", max_length=256)] = None,
    permission: Annotated[str | None, Parameter(query="permission", max_length=2000)] = None,
    ids: Annotated[str | None, Parameter(query="id", max_length=10000)] = None,
) -> Listing[wire.DomainOrganizationRole]:
    """The organization's roles by name; ``name`` may hold ``*``."""
    roles = await operations.list_roles(context, ids=commas(ids), name=name)
    wanted = set(commas(permission) or ())
    found = [wire.to_role(role) for role in roles if wanted <= set(role.permissions)]
    return listing(found[page.offset : page.offset + page.size], len(found), page, wire.ROLES)


@post(wire.ROLES, operation_id="postAuthorizationRoles", status_code=200, tags=TAGS)
async def create_role(context: Context, data: wire.DomainOrganizationRole) -> wire.DomainOrganizationRole:
    """Make a role."""
    _named(data.name)
    return wire.to_role(await operations.create_role(context, wire.to_draft(data)))


@get(f"{wire.ROLES}/{{role_id:str}}", operation_id="getAuthorizationRole", tags=TAGS)
async def get_role(context: Context, role_id: str) -> wire.DomainOrganizationRole:
    """One role."""
    return wire.to_role(await operations.get_role(context, role_id))


@put(f"{wire.ROLES}/{{role_id:str}}", operation_id="putAuthorizationRole", tags=TAGS)
async def change_role(context: Context, role_id: str, data: wire.DomainOrganizationRole) -> wire.DomainOrganizationRole:
    """Change a role; its holders gain and lose at once."""
    _named(data.name)
    return wire.to_role(await operations.change_role(context, role_id, wire.to_draft(data)))


@delete(f"{wire.ROLES}/{{role_id:str}}", operation_id="deleteAuthorizationRole", tags=TAGS)
async def delete_role(context: Context, role_id: str) -> None:
    """Take a role out of force."""
    await operations.delete_role(context, role_id)


@get(f"{wire.ROLES}/{{role_id:str}}/users", operation_id="getAuthorizationRoleUsers", tags=TAGS)
async def list_role_users(context: Context, page: Page, role_id: str) -> Listing[dict[str, str]]:
    """Who has a role in any division."""
    await operations.get_role(context, role_id)
    grants = await operations.list_grants(context, role_id=role_id)
    subjects = sorted({grant.subject_id for grant in grants})
    found = [{"id": each, "selfUri": f"/api/v2/users/{each}"} for each in subjects]
    return listing(found[page.offset : page.offset + page.size], len(found), page, f"{wire.ROLES}/{role_id}/users")


@put(f"{wire.ROLES}/{{role_id:str}}/users/add", operation_id="putAuthorizationRoleUsersAdd", tags=TAGS)
async def add_role_users(context: Context, role_id: str, data: Ids) -> list[str]:
    """Give a role, in every division, to people."""
    for subject_id in data:
        await operations.grant_roles(context, subject_id, [(role_id, EVERY_DIVISION)])
    return data


@get(f"{SUBJECTS}/me", operation_id="getAuthorizationSubjectsMe", tags=TAGS)
async def get_own_subject(context: Context) -> wire.AuthzSubject:
    """The caller's own grants."""
    grants = await operations.list_grants(context, subject_id=context.actor.id)
    return wire.to_subject(context.actor.id, grants)


@get(SUBJECT, operation_id="getAuthorizationSubject", tags=TAGS)
async def get_subject(context: Context, subject_id: str) -> wire.AuthzSubject:
    """A person's or client's grants."""
    return wire.to_subject(subject_id, await operations.list_grants(context, subject_id=subject_id))


@post(
    f"{SUBJECT}/divisions/{{division_id:str}}/roles/{{role_id:str}}",
    operation_id="postAuthorizationSubjectDivisionRole",
    status_code=204,
    tags=TAGS,
)
async def grant_role(context: Context, subject_id: str, division_id: str, role_id: str) -> None:
    """Give a role in a division."""
    await operations.grant_roles(context, subject_id, [(role_id, division_id)])


@delete(
    f"{SUBJECT}/divisions/{{division_id:str}}/roles/{{role_id:str}}",
    operation_id="deleteAuthorizationSubjectDivisionRole",
    tags=TAGS,
)
async def take_role(context: Context, subject_id: str, division_id: str, role_id: str) -> None:
    """Take a role in a division; a live softphone that loses its right is closed with the reason."""
    await operations.grant_roles(context, subject_id, [(role_id, division_id)], active=False)


@post(f"{SUBJECT}/bulkadd", operation_id="postAuthorizationSubjectBulkadd", status_code=204, tags=TAGS)
async def add_grants(context: Context, subject_id: str, data: wire.RoleDivisionGrants) -> None:
    """Give roles."""
    await operations.grant_roles(context, subject_id, _pairs(data))


@post(f"{SUBJECT}/bulkremove", operation_id="postAuthorizationSubjectBulkremove", status_code=204, tags=TAGS)
async def remove_grants(context: Context, subject_id: str, data: wire.RoleDivisionGrants) -> None:
    """Take roles."""
    await operations.grant_roles(context, subject_id, _pairs(data), active=False)


@post(f"{SUBJECT}/bulkreplace", operation_id="postAuthorizationSubjectBulkreplace", status_code=204, tags=TAGS)
async def replace_grants(context: Context, subject_id: str, data: wire.RoleDivisionGrants) -> None:
    """Make these the subject's only roles."""
    await operations.replace_grants(context, subject_id, _pairs(data))


@get("/api/v2/users/{subject_id:str}/roles", operation_id="getUserRoles", tags=TAGS)
async def get_user_roles(context: Context, subject_id: str) -> wire.UserAuthorization:
    """A person's roles and permissions."""
    return wire.to_user_authorization(await operations.list_grants(context, subject_id=subject_id))


@put("/api/v2/users/{subject_id:str}/roles", operation_id="putUserRoles", tags=TAGS)
async def set_user_roles(context: Context, subject_id: str, data: Ids) -> wire.UserAuthorization:
    """Make these a person's only roles, in every division."""
    await operations.replace_grants(context, subject_id, [(role_id, EVERY_DIVISION) for role_id in data])
    return wire.to_user_authorization(await operations.list_grants(context, subject_id=subject_id))


def _pairs(data: wire.RoleDivisionGrants) -> list[tuple[str, str]]:
    return [(pair.role_id, pair.division_id) for pair in data.grants]


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid(Problem("name", "is required."))
    return name


ROUTES = [
    get_home_division,
    list_permitted_divisions,
    list_divisions,
    create_division,
    get_division,
    change_division,
    list_roles,
    create_role,
    get_role,
    change_role,
    delete_role,
    list_role_users,
    add_role_users,
    get_own_subject,
    get_subject,
    grant_role,
    take_role,
    add_grants,
    remove_grants,
    replace_grants,
    get_user_roles,
    set_user_roles,
]
