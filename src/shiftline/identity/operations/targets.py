"""The person whom an operation of any room is about, and whether the caller may act on them."""

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.identity.model import Person
from shiftline.identity.operations.people import get_person


async def get_target(context: Context, person_id: str, *, own: tuple[str, ...], other: tuple[str, ...]) -> Person:
    """The person an operation is about. Oneself needs one of ``own`` or ``other``, anybody else one of ``other``.

    An empty tuple asks for nothing. Another's permission must hold in that person's division. Raises PersonNotFound,
    PermissionMissing.
    """
    mine = context.actor.person_id == person_id
    if mine:
        if own:
            require(context, *dict.fromkeys((*own, *other)))
        return await get_person(context, person_id)
    if other:
        require(context, *other)
    person = await get_person(context, person_id)
    if other:
        require(context, *other, division_id=person.division_id)
    return person


def own_person_id(context: Context) -> str:
    """Who the caller is, for the operations on oneself. Raises Invalid for a token that stands for a program."""
    if context.actor.person_id is None:
        raise Invalid(Problem("userId", "this token stands for a program, not for a user.", "bad.request"))
    return context.actor.person_id
