"""Divisions, roles and the permissions there are. Who holds what is with the people: ``identity.endpoints.subjects``."""

from typing import Annotated, TypeAlias

from litestar import delete, get, post, put
from litestar.params import Parameter

from shiftline.authorization import wire
from shiftline.authorization.operations import (
    change_division,
    change_role,
    create_division,
    create_role,
    delete_role,
    get_division,
    get_home_division,
    get_role,
    list_divisions,
    list_permitted_divisions,
    list_roles,
)
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing

TAGS = ["Authorization"]
DIVISIONS, ROLES = "/api/v2/authorization/divisions", "/api/v2/authorization/roles"
PERMISSIONS = "/api/v2/authorization/permissions"

Ids: TypeAlias = Annotated[list[str] | None, Parameter(query="id", description="Ids, joined by commas")]
NamePattern: TypeAlias = Annotated[str | None, Parameter(query="name", description="A name; * stands for any text")]


@get(DIVISIONS, operation_id="getAuthorizationDivisions", status_code=200, tags=TAGS)
async def get_divisions(
    context: Context, page: Page, ids: Ids = None, name: NamePattern = None
) -> Listing[wire.AuthzDivision]:
    """List the organization's divisions, the home division first."""
    wanted = _split(ids)
    pattern = None if name is None else name.casefold().replace("*", "")
    found = [
        wire.division(division)
        for division in await list_divisions(context)
        if (wanted is None or division.id in wanted) and (pattern is None or pattern in division.name.casefold())
    ]
    return listing(found[page.offset : page.offset + page.size], len(found), page, DIVISIONS)


@post(DIVISIONS, operation_id="postAuthorizationDivisions", status_code=200, tags=TAGS)
async def post_divisions(context: Context, data: wire.DivisionDraft) -> wire.AuthzDivision:
    """Make a division."""
    return wire.division(await create_division(context, data.name, data.description))


@get(f"{DIVISIONS}/home", operation_id="getAuthorizationDivisionsHome", status_code=200, tags=TAGS)
async def get_divisions_home(context: Context) -> wire.AuthzDivision:
    """Get the division that everything belongs to unless said otherwise."""
    return wire.division(await get_home_division(context))


@get(f"{DIVISIONS}/{{division_id:str}}", operation_id="getAuthorizationDivision", status_code=200, tags=TAGS)
async def get_one_division(context: Context, division_id: str) -> wire.AuthzDivision:
    """Get a division."""
    return wire.division(await get_division(context, division_id))


@put(f"{DIVISIONS}/{{division_id:str}}", operation_id="putAuthorizationDivision", status_code=200, tags=TAGS)
async def put_division(context: Context, division_id: str, data: wire.DivisionDraft) -> wire.AuthzDivision:
    """Rename a division."""
    return wire.division(await change_division(context, division_id, data.name, data.description))


@get(
    "/api/v2/authorization/divisionspermitted/me",
    operation_id="getAuthorizationDivisionspermittedMe",
    status_code=200,
    tags=TAGS,
)
async def get_divisions_permitted(
    context: Context,
    permission: Annotated[str, Parameter(query="permission", min_length=1, max_length=200)],
    name: NamePattern = None,
) -> list[wire.AuthzDivision]:
    """List the divisions in which the caller holds a permission."""
    pattern = None if name is None else name.casefold().replace("*", "")
    return [
        wire.division(division)
        for division in await list_permitted_divisions(context, permission)
        if pattern is None or pattern in division.name.casefold()
    ]


@get(PERMISSIONS, operation_id="getAuthorizationPermissions", status_code=200, tags=TAGS)
async def get_permissions(page: Page) -> Listing[wire.PermissionCollection]:
    """List every permission that is enforced, by domain."""
    found = wire.permission_collections()
    return listing(found[page.offset : page.offset + page.size], len(found), page, PERMISSIONS)


@get(ROLES, operation_id="getAuthorizationRoles", status_code=200, tags=TAGS)
async def get_roles(
    context: Context,
    page: Page,
    ids: Ids = None,
    name: NamePattern = None,
    permission: Annotated[
        list[str] | None, Parameter(query="permission", description="All of these in the role")
    ] = None,
) -> Listing[wire.OrganizationRole]:
    """List the organization's roles by name."""
    asked = set(_split(permission) or ())
    found = [role for role in await list_roles(context, ids=_split(ids), name=name) if asked.issubset(role.permissions)]
    shown = [wire.role(role) for role in found[page.offset : page.offset + page.size]]
    return listing(shown, len(found), page, ROLES)


@post(ROLES, operation_id="postAuthorizationRoles", status_code=200, tags=TAGS)
async def post_roles(context: Context, data: wire.OrganizationRoleDraft) -> wire.OrganizationRole:
    """Make a role."""
    return wire.role(await create_role(context, data.draft()))


@get(f"{ROLES}/{{role_id:str}}", operation_id="getAuthorizationRole", status_code=200, tags=TAGS)
async def get_one_role(context: Context, role_id: str) -> wire.OrganizationRole:
    """Get a role."""
    return wire.role(await get_role(context, role_id))


@put(f"{ROLES}/{{role_id:str}}", operation_id="putAuthorizationRole", status_code=200, tags=TAGS)
async def put_role(context: Context, role_id: str, data: wire.OrganizationRoleDraft) -> wire.OrganizationRole:
    """Change a role; its holders gain and lose at once."""
    return wire.role(await change_role(context, role_id, data.draft()))


@delete(f"{ROLES}/{{role_id:str}}", operation_id="deleteAuthorizationRole", status_code=204, tags=TAGS)
async def delete_one_role(context: Context, role_id: str) -> None:
    """Delete a role; its holders lose it at once."""
    await delete_role(context, role_id)


def _split(values: list[str] | None) -> list[str] | None:
    return None if values is None else [part for value in values for part in value.split(",") if part]


ROUTES = [
    get_divisions,
    post_divisions,
    get_divisions_home,
    get_one_division,
    put_division,
    get_divisions_permitted,
    get_permissions,
    get_roles,
    post_roles,
    get_one_role,
    put_role,
    delete_one_role,
]
