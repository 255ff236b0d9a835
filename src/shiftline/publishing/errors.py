"""What this room refuses."""

from collections.abc import Sequence

from shiftline.foundation.errors import Invalid, Problem
from shiftline.publishing.model import Breach


class SkillUnknown(Invalid):
    """A shift asks for a skill that the organization does not have."""

    def __init__(self, field: str, skill_id: str) -> None:
        super().__init__(Problem(field, f"there is no skill with id {skill_id}.", "skill.unknown"))


class BreachesNotAccepted(Invalid):
    """An edit breaks rules that the planner has not named."""

    def __init__(self, breaches: Sequence[Breach]) -> None:
        problems = [
            Problem(
                "acceptBreaches",
                f'{each.sentence} To do it all the same, name {{"code": "{each.code}", "userId": "{each.agent_id}"}}.',
                each.code,
            )
            for each in breaches[:100]
        ]
        super().__init__(*problems, code="edit.breaches")


class ReasonMissing(Invalid):
    """Rules are broken knowingly, and nobody says why."""

    def __init__(self) -> None:
        super().__init__(Problem("reason", "is required where rules are broken knowingly.", "reason.required"))


class EditImpossible(Invalid):
    """An edit asks for what can never be."""
