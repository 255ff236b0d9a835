"""When the calls that go on are judged again: when a right may have been lost, when a session ended, and where there is none."""

from collections.abc import Sequence
from datetime import timedelta

from shiftline.access.shiftrule.events import ShiftExceptionChanged, ShiftOverrideChanged
from shiftline.authorization.events import GrantChanged, RoleChanged
from shiftline.foundation.context import Context
from shiftline.foundation.events import Event
from shiftline.foundation.jobs import every, guard
from shiftline.identity.events import OrganizationChanged, PersonChanged, TenantSettingsChanged, TokensRevoked
from shiftline.presence.events import SessionClosed
from shiftline.signalling.revoking.operations import end_calls_without_right, end_calls_without_session_or_right
from shiftline.workforce.timeoff.events import ApprovedTimeOffChanged, TimeOffEntered

TAKING = (
    OrganizationChanged,
    TenantSettingsChanged,
    PersonChanged,
    TokensRevoked,
    RoleChanged,
    GrantChanged,
    ShiftExceptionChanged,
    ShiftOverrideChanged,
    TimeOffEntered,
    ApprovedTimeOffChanged,
)
"""All that may take a right (`affects_access`)."""


# A token that runs out is no event, but its session is closed then.
@guard(*TAKING, SessionClosed)
async def follow_rights(context: Context, happened: Sequence[Event]) -> None:
    """End the calls of whoever lost the right to them."""
    people: list[str | None] = [getattr(each, "person_id", None) for each in happened]
    whole = None in people
    await end_calls_without_right(context, None if whole else [each for each in people if each is not None])


@every(timedelta(seconds=10))
async def sweep_calls(context: Context) -> None:
    """The same where no session is left to be closed."""
    await end_calls_without_session_or_right(context)
