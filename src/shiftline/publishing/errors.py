"""What this room refuses."""

from shiftline.foundation.errors import Invalid, Problem


class SkillUnknown(Invalid):
    """A shift asks for a skill that the organization does not have."""

    def __init__(self, field: str, skill_id: str) -> None:
        super().__init__(Problem(field, f"there is no skill with id {skill_id}.", "skill.unknown"))
