"""Who holds which role where."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Body

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Page
from shiftline.foundation.web.wire import Identifier
from shiftline.identity.operations.subjects import (
    add_holders,
    get_subject,
    grant_to,
    list_holders,
    replace_of,
    replace_roles_of,
)
from shiftline.identity.wire import subjects as wire

TAGS = ["Authorization"]
SUBJECTS = "/api/v2/authorization/subjects"
ONE = f"{SUBJECTS}/{{subject_id:str}}"
GRANT = f"{ONE}/divisions/{{division_id:str}}/roles/{{role_id:str}}"
ROLE_USERS = "/api/v2/authorization/roles/{role_id:str}/users"
USER_ROLES = "/api/v2/users/{user_id:str}/roles"


@get(f"{SUBJECTS}/me", operation_id="getAuthorizationSubjectsMe", status_code=200, tags=TAGS)
async def get_subjects_me(context: Context) -> wire.Subject:
    """Tell what the caller holds, a user or a client."""
    name, grants = await get_subject(context, context.actor.id)
    return wire.subject(context.actor.id, name, grants)


@get(ONE, operation_id="getAuthorizationSubject", status_code=200, tags=TAGS)
async def get_one_subject(context: Context, subject_id: str) -> wire.Subject:
    """Tell what a user or client holds."""
    name, grants = await get_subject(context, subject_id)
    return wire.subject(subject_id, name, grants)


@post(GRANT, operation_id="postAuthorizationSubjectDivisionRole", status_code=204, tags=TAGS)
async def post_grant(context: Context, subject_id: str, division_id: str, role_id: str) -> None:
    """Give a role in a division (``*``: in every one); it holds at once."""
    await grant_to(context, subject_id, [(role_id, division_id)])


@delete(GRANT, operation_id="deleteAuthorizationSubjectDivisionRole", status_code=204, tags=TAGS)
async def delete_grant(context: Context, subject_id: str, division_id: str, role_id: str) -> None:
    """Take a role in a division; live sessions that lose their right are closed at once."""
    await grant_to(context, subject_id, [(role_id, division_id)], active=False)


@post(f"{ONE}/bulkadd", operation_id="postAuthorizationSubjectBulkadd", status_code=204, tags=TAGS)
async def post_bulkadd(context: Context, subject_id: str, data: wire.RoleDivisionGrants) -> None:
    """Give several roles, all or none."""
    await grant_to(context, subject_id, data.pairs())


@post(f"{ONE}/bulkremove", operation_id="postAuthorizationSubjectBulkremove", status_code=204, tags=TAGS)
async def post_bulkremove(context: Context, subject_id: str, data: wire.RoleDivisionGrants) -> None:
    """Take several roles, all or none."""
    await grant_to(context, subject_id, data.pairs(), active=False)


@post(f"{ONE}/bulkreplace", operation_id="postAuthorizationSubjectBulkreplace", status_code=204, tags=TAGS)
async def post_bulkreplace(context: Context, subject_id: str, data: wire.RoleDivisionGrants) -> None:
    """Make these a subject's only roles."""
    await replace_of(context, subject_id, data.pairs())


@get(USER_ROLES, operation_id="getUserRoles", status_code=200, tags=TAGS)
async def get_user_roles(context: Context, user_id: str) -> wire.UserAuthorization:
    """Tell a user's roles and the permissions in them."""
    _, grants = await get_subject(context, user_id)
    return wire.user_authorization(grants)


@put(USER_ROLES, operation_id="putUserRoles", status_code=200, tags=TAGS)
async def put_user_roles(
    context: Context, user_id: str, data: Annotated[list[Identifier], Body(max_items=1000)]
) -> wire.UserAuthorization:
    """Make these a user's only roles: kept ones where they are held, new ones in the home division."""
    await replace_roles_of(context, user_id, data)
    _, grants = await get_subject(context, user_id)
    return wire.user_authorization(grants)


@get(ROLE_USERS, operation_id="getAuthorizationRoleUsers", status_code=200, tags=TAGS)
async def get_role_users(context: Context, page: Page, role_id: str) -> wire.UserReferences:
    """List who holds a role."""
    holders = await list_holders(context, role_id)
    return wire.user_references(holders, page)


@put(f"{ROLE_USERS}/add", operation_id="putAuthorizationRoleUsersAdd", status_code=200, tags=TAGS)
async def put_role_users_add(
    context: Context, role_id: str, data: Annotated[list[Identifier], Body(max_items=1000)]
) -> list[str]:
    """Give users a role in the home division, all or none."""
    return await add_holders(context, role_id, data)


ROUTES = [
    get_subjects_me,
    get_one_subject,
    post_grant,
    delete_grant,
    post_bulkadd,
    post_bulkremove,
    post_bulkreplace,
    get_user_roles,
    put_user_roles,
    get_role_users,
    put_role_users_add,
]
