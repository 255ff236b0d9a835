"""People with what ``expand`` asks for. Other rooms' parts come through ``request.app.state.expansions``."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, TypeAlias

from litestar import Request
from litestar.params import Parameter

from shiftline.authorization.operations import list_divisions, may
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.identity.model import Person
from shiftline.identity.operations.subjects import list_grants_of
from shiftline.identity.wire import people as wire
from shiftline.identity.wire.subjects import user_authorization

AnyRequest: TypeAlias = Request[Any, Any, Any]

# Person ids in; person id -> the object that becomes the user's field.
Expander: TypeAlias = Callable[[Reader, str, Sequence[str]], Awaitable[Mapping[str, Any]]]

Expand: TypeAlias = Annotated[
    list[str] | None,
    Parameter(query="expand", description="Fields to add, joined by commas; unknown names are ignored"),
]

FIELDS = {
    "station": "station",
    "presence": "presence",
    "routingStatus": "routing_status",
    "skills": "skills",
    "languages": "languages",
}


def split(values: Sequence[str] | None) -> tuple[str, ...] | None:
    """A list parameter, whether repeated or joined by commas."""
    return None if values is None else tuple(part for value in values for part in value.split(",") if part)


async def users(
    context: Context, request: AnyRequest, people: Sequence[Person], expand: Sequence[str] | None
) -> list[wire.User]:
    """People on the wire, in the given order, with what was asked for."""
    names = frozenset(split(expand) or ())
    divisions = {division.id: division.name for division in await list_divisions(context)}
    shaped = [wire.user(person, divisions.get(person.division_id)) for person in people]
    expansions: Mapping[str, Expander] = getattr(request.app.state, "expansions", {})
    ids = [person.id for person in people]
    async with context.reader() as reader:
        for name, field in FIELDS.items():
            if name in names and name in expansions and ids:
                found = await expansions[name](reader, context.organization_id, ids)
                for each in shaped:
                    setattr(each, field, found.get(each.id))
    if "authorization" in names:
        await _add_authorization(context, shaped)
    return shaped


async def _add_authorization(context: Context, shaped: Sequence[wire.User]) -> None:
    """Roles of oneself, and of others for those who may see grants."""
    visible = [each for each in shaped if each.id == context.actor.id or may(context, "authorization:grant:view")]
    held = await list_grants_of(context, [each.id for each in visible])
    for each in visible:
        each.authorization = user_authorization(held.get(each.id, []))
