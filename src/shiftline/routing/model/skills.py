"""Skills and languages, and how well people know them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shiftline.routing.model.places import Division

SKILLS_AT_ONCE = 100
HIGHEST_PROFICIENCY = 5


class SkillKind(StrEnum):
    """What a skill is about."""

    SKILL = "skill"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill or language. Without division it is everybody's to see."""

    id: str
    kind: SkillKind
    name: str
    division: Division | None
    version: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class SkillDraft:
    """What a skill or language shall be."""

    name: str
    kind: SkillKind = SkillKind.SKILL
    division_id: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class SkillFilter:
    """Which skills: all that match every field that is not None."""

    kind: SkillKind
    name: str | None = None
    ids: tuple[str, ...] | None = None
    visible_in: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PersonSkill:
    """A person's skill or language; ``proficiency`` from 0 to 5."""

    person_id: str
    skill_id: str
    kind: SkillKind
    name: str
    proficiency: float


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """How well a skill is, or shall be, known."""

    skill_id: str
    proficiency: float


@dataclass(frozen=True, slots=True)
class SkillWish:
    """What a person shall be able to do; with ``only``, nothing else of that kind. ``listed``: asked for as a list."""

    levels: tuple[SkillLevel, ...]
    kind: SkillKind = SkillKind.SKILL
    only: bool = False
    listed: bool = True

    def field(self, index: int, name: str) -> str:
        """Where the request names a field of one of the levels."""
        return f"[{index}].{name}" if self.listed else name
