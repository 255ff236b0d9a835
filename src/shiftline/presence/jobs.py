"""What happens to presences without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, on
from shiftline.identity.events import PersonChanged
from shiftline.identity.operations.people import find_people
from shiftline.presence.operations.leases import close_expired_leases, end_absences
from shiftline.presence.operations.presences import go_offline_in
from shiftline.presence.operations.repairs import end_ghosts


@every(timedelta(seconds=10))
async def sweep_sessions(context: Context) -> None:
    """Close the leases that nobody renewed, and take those for offline who stayed away."""
    await close_expired_leases(context)
    await end_absences(context)
    await end_ghosts(context)


@on(PersonChanged)
async def follow_person(context: Context, happened: PersonChanged) -> None:
    """Whoever is not active any more is offline, and routing gives them nothing."""
    if happened.state == "active":
        return
    async with context.transaction() as tx:
        person = (await find_people(tx, context.organization_id, [happened.person_id])).get(happened.person_id)
        if person is None or person.state == "active":  # the news is old
            return
        await go_offline_in(tx, happened.person_id, f"person.{happened.state}")
