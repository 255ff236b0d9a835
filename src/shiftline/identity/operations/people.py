"""People: made, found, changed, activated and deactivated."""

from collections.abc import Callable, Collection
from dataclasses import replace

import psycopg

from shiftline.authorization.operations import find_home_division, get_division, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.identity import rules, store
from shiftline.identity.errors import EmailTaken, PersonNotFound, StaleVersion
from shiftline.identity.events import PersonChanged
from shiftline.identity.model import Person, PersonDraft, PersonState
from shiftline.identity.operations import passwords


async def find_people(reader: Reader, organization_id: str, ids: Collection[str]) -> dict[str, Person]:
    """People by id; unknown ids are left out. Deleted people are found: history names them."""
    return {person.id: person for person in await store.find_people(reader, organization_id, ids)}


async def get_person(context: Context, person_id: str, *, states: Collection[str] = ("active", "inactive")) -> Person:
    """One person in one of the states. Raises PersonNotFound."""
    async with context.reader() as reader:
        person = (await find_people(reader, context.organization_id, [person_id])).get(person_id)
    if person is None or person.state not in states:
        raise PersonNotFound(person_id)
    return person


async def list_people(
    context: Context,
    page: Page,
    *,
    states: Collection[str],
    ids: Collection[str] | None = None,
    jabber_ids: Collection[str] | None = None,
    search: str | None = None,
) -> tuple[list[Person], int]:
    """One page of people by name, and how many there are."""
    pattern = None if search is None else f"%{search.lower().replace('%', '').replace('_', '')}%"
    wanted = {
        "states": list(states),
        "ids": None if ids is None else list(ids),
        "jabber_ids": None if jabber_ids is None else list(jabber_ids),
        "search": pattern,
    }
    async with context.reader() as reader:
        people, total = await store.list_people(
            reader, context.organization_id, wanted, limit=page.size, offset=page.offset
        )
    return list(people), total


async def create_person(context: Context, draft: PersonDraft) -> Person:
    """A new person. Raises EmailTaken, DivisionNotFound."""
    require(context, "directory:user:add", division_id=draft.division_id)
    if draft.division_id is not None:
        await get_division(context, draft.division_id)
    hashed = None if draft.password is None else await passwords.hash_password(draft.password)
    async with context.transaction() as tx:
        return await create_person_in(tx, draft, hashed)


async def create_person_in(tx: Transaction, draft: PersonDraft, hashed: str | None = None) -> Person:
    """A new person in the caller's transaction, with an argon2 hash when they can sign in. Raises EmailTaken."""
    organization = await store.find_organization(tx, tx.context.organization_id)
    assert organization is not None
    person_id = draft.id or new_id()
    home = await find_home_division(tx, organization.id)
    jabber_id = rules.choose_jabber_id(person_id, draft.email, f"{organization.domain}.localhost")
    try:
        person = await store.insert_person(
            tx, person_id, draft, division_id=draft.division_id or home.id, jabber_id=jabber_id
        )
    except psycopg.errors.UniqueViolation as error:
        raise EmailTaken(draft.email) from error
    if person is None:
        raise EmailTaken(draft.id or draft.email)
    if hashed is not None:
        await store.set_password(tx, person.id, hashed)
    tx.record(_changed(tx, person))
    return person


async def change_person(
    context: Context, person_id: str, version: int | None, change: Callable[[Person], Person]
) -> Person:
    """Change a person; an unchanged one keeps its version. Raises PersonNotFound, StaleVersion, EmailTaken."""
    async with context.transaction() as tx:
        current = await store.lock_person(tx, person_id)
        if current is None or current.state == "deleted":
            raise PersonNotFound(person_id)
        require(context, "directory:user:edit", division_id=current.division_id)
        if version is not None and version != current.version:
            raise StaleVersion(current, version)
        changed = change(current)
        if changed == current:
            return current
        try:
            person = await store.update_person(tx, changed)
        except psycopg.errors.UniqueViolation as error:
            raise EmailTaken(changed.email) from error
        tx.record(_changed(tx, person))
        return person


async def change_state(
    context: Context, person_id: str, state: PersonState, *, version: int | None, reason: str | None = None
) -> Person:
    """Activate, deactivate or delete a person. Their tokens stay; what they may do is decided at each step."""
    if state == "deleted":
        require(context, "directory:user:delete")
    if state != "active" and person_id == context.actor.person_id:
        raise Invalid(Problem("state", "you cannot deactivate yourself; another administrator can."))

    def change(person: Person) -> Person:
        return person if person.state == state else replace(person, state=state, state_reason=reason)

    return await change_person(context, person_id, version, change)


async def set_password(context: Context, person_id: str, password: str) -> None:
    """Give a person a password for the sign-in page. Raises PersonNotFound."""
    require(context, "directory:user:setPassword")
    hashed = await passwords.hash_password(password)
    async with context.transaction() as tx:
        if await store.lock_person(tx, person_id) is None:
            raise PersonNotFound(person_id)
        await store.set_password(tx, person_id, hashed)


def _changed(tx: Transaction, person: Person) -> PersonChanged:
    return PersonChanged(
        organization_id=tx.context.organization_id,
        person_id=person.id,
        state=person.state,
        division_id=person.division_id,
        version=person.version,
    )
