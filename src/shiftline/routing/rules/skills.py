"""What a wish about a person's skills may be, and what it changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from shiftline.foundation.errors import Invalid, Problem
from shiftline.routing.model.skills import HIGHEST_PROFICIENCY, PersonSkill, SkillLevel, SkillWish


@dataclass(frozen=True, slots=True)
class SkillPlan:
    """What changes for a person: skills with the proficiency they get, and the ids of those that go."""

    assign: tuple[SkillLevel, ...]
    remove: tuple[str, ...]


def plan_skills(held: Sequence[PersonSkill], wish: SkillWish) -> SkillPlan:
    """What must change so that the wish is true. In the order of ids."""
    now = {skill.skill_id: skill.proficiency for skill in held}
    wanted = {level.skill_id for level in wish.levels}
    assign = [level for level in wish.levels if now.get(level.skill_id) != level.proficiency]
    remove = sorted(set(now) - wanted) if wish.only else []
    return SkillPlan(tuple(sorted(assign, key=lambda level: level.skill_id)), tuple(remove))


def check_wish(wish: SkillWish) -> None:
    """Refuse a proficiency outside 0 to 5 and a skill named twice. Raises Invalid."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, level in enumerate(wish.levels):
        # Written so that NaN is refused too.
        if not 0 <= level.proficiency <= HIGHEST_PROFICIENCY:
            problems.append(Problem(wish.field(index, "proficiency"), f"must be from 0 to {HIGHEST_PROFICIENCY}."))
        if level.skill_id in seen:
            problems.append(Problem(wish.field(index, "id"), f"{level.skill_id} is named twice."))
        seen.add(level.skill_id)
    if problems:
        raise Invalid(*problems)
