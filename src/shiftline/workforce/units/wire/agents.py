"""Agents on the wire."""

from datetime import date
from typing import Annotated, TypeAlias

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.units.model import Agent, AgentDraft, Moves
from shiftline.workforce.units.wire.references import business_unit_ref, management_unit_ref, user_ref

People: TypeAlias = Annotated[list[Identifier], Meta(min_length=1, max_length=5000)]


class UserListing(Wire):
    """People."""

    entities: list[Reference]


class ManagementUnitUsers(Wire):
    """A management unit with its people."""

    management_unit: Reference
    users: list[Reference]


class BuUserListing(Wire):
    """A business unit's people by management unit."""

    management_units: list[ManagementUnitUsers]


class AgentManagementUnit(Wire):
    """Where a person works."""

    user: Reference
    management_unit: Reference
    business_unit: Reference


class MoveAgentsRequest(Wire):
    """Who shall move where; without a destination they leave their unit."""

    user_ids: People
    destination_management_unit_id: Identifier | None = None


class MoveAgentResponse(Wire):
    """What became of one agent."""

    user: Reference
    result: str


class MoveAgentsResponse(Wire):
    """What became of a move."""

    requesting_user: Reference
    destination_management_unit: Reference | None
    results: list[MoveAgentResponse]


class DateWrapper(Wire):
    """A date, or without a value none any more."""

    value: date | None = None


class UpdateMuAgent(Wire):
    """Whether an agent can be scheduled; ``minorUntil``, the first day on which they are of age, is ours."""

    user_id: Identifier
    schedulable: bool | None = None
    minor_until: DateWrapper | None = None

    def draft(self) -> AgentDraft:
        """What shall become of the agent."""
        minor = self.minor_until
        return AgentDraft(self.schedulable, None if minor is None else minor.value, minor is not None)


class UpdateMuAgentsRequest(Wire):
    """Agents of one unit."""

    entities: Annotated[list[UpdateMuAgent], Meta(max_length=1500)]


def agent_management_unit(agent: Agent) -> AgentManagementUnit:
    """Where a person works, on the wire."""
    return AgentManagementUnit(
        user=user_ref(agent.person_id),
        management_unit=management_unit_ref(agent.management_unit_id),
        business_unit=business_unit_ref(agent.business_unit_id),
    )


def move_response(moves: Moves) -> MoveAgentsResponse:
    """A move on the wire."""
    unit = moves.management_unit_id
    return MoveAgentsResponse(
        requesting_user=user_ref(moves.requested_by),
        destination_management_unit=None if unit is None else management_unit_ref(unit),
        results=[MoveAgentResponse(user=user_ref(move.person_id), result=move.result.value) for move in moves.moves],
    )
