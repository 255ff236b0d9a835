"""Administrators of the demo's second organization: made by the product's own operations on the demo's database."""

from e2e.stage import Demo
from shiftline.apps import rooms
from shiftline.apps.running import find_settings
from shiftline.authorization.model import SOFTPHONE, RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.ids import new_id
from shiftline.identity.model import PersonDraft
from shiftline.identity.operations.people import create_person_in
from shiftline.identity.operations.tokens import issue_token_in


async def make_stranger(demo: Demo) -> str:
    """The access token of somebody new who may do everything in the second organization."""
    rooms.load("events")
    settings = find_settings(demo.folder)
    database = Database(settings.database_url, size=1)
    await database.open()
    try:
        actor = Actor(demo.ready["otherOrganization"]["organizationId"], "system")
        context = Context(database, Clock(settings.clock_offset), actor)
        async with context.transaction() as tx:
            name = new_id()
            person = await create_person_in(tx, PersonDraft("Stranger", f"{name}@southwind.example"))
            role = await create_role_in(tx, RoleDraft(name, None, ("*:*:*", SOFTPHONE)))
            await grant_role_in(tx, person.id, role.id, "*")
            issued = await issue_token_in(tx, person_id=person.id, client_id="test")
        return issued.text
    finally:
        await database.close()
