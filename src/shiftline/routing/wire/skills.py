"""Skills and languages, and what people can, in the vendor's shapes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypeAlias

from litestar.params import Body
from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, NamedReference, Wire
from shiftline.routing.model.places import Division
from shiftline.routing.model.skills import (
    HIGHEST_PROFICIENCY,
    SKILLS_AT_ONCE,
    PersonSkill,
    Skill,
    SkillDraft,
    SkillKind,
    SkillLevel,
    SkillWish,
)

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Proficiency: TypeAlias = Annotated[float, Meta(ge=0, le=HIGHEST_PROFICIENCY)]


class WireSkill(Wire, kw_only=True):
    """RoutingSkill; a Language is one without division."""

    id: str
    name: str
    division: NamedReference | None = None
    date_modified: datetime
    state: str
    version: str
    self_uri: str


class SkillBody(Wire):
    """CreateRoutingSkill."""

    name: Name
    division_id: Identifier | None = None


class LanguageBody(Wire):
    """A language to be."""

    name: Name


class WirePersonSkill(Wire, kw_only=True):
    """UserRoutingSkill and UserRoutingLanguage."""

    id: str
    name: str
    proficiency: float
    state: str
    skill_uri: str | None = None
    language_uri: str | None = None
    self_uri: str


class SkillLevelBody(Wire):
    """UserRoutingSkillPost and UserRoutingLanguagePost."""

    id: Identifier
    proficiency: Proficiency


class ProficiencyBody(Wire):
    """UserRoutingSkill where the path names the skill."""

    proficiency: Proficiency
    id: Identifier | None = None


SkillLevelsBody: TypeAlias = Annotated[list[SkillLevelBody], Body(max_items=SKILLS_AT_ONCE)]

PLACES = {SkillKind.SKILL: "/api/v2/routing/skills", SkillKind.LANGUAGE: "/api/v2/routing/languages"}
PERSON_PLACES = {SkillKind.SKILL: "routingskills", SkillKind.LANGUAGE: "routinglanguages"}


def show_division(division: Division) -> NamedReference:
    """A division."""
    uri = f"/api/v2/authorization/divisions/{division.id}"
    return NamedReference(id=division.id, name=division.name, self_uri=uri)


def show_skill(skill: Skill) -> WireSkill:
    """A skill or language."""
    return WireSkill(
        id=skill.id,
        name=skill.name,
        division=None if skill.division is None else show_division(skill.division),
        date_modified=skill.changed_at,
        state="active",
        version=str(skill.version),
        self_uri=f"{PLACES[skill.kind]}/{skill.id}",
    )


def show_person_skill(skill: PersonSkill) -> WirePersonSkill:
    """A person's skill or language."""
    uri = f"{PLACES[skill.kind]}/{skill.skill_id}"
    return WirePersonSkill(
        id=skill.skill_id,
        name=skill.name,
        proficiency=skill.proficiency,
        state="active",
        skill_uri=uri if skill.kind is SkillKind.SKILL else None,
        language_uri=uri if skill.kind is SkillKind.LANGUAGE else None,
        self_uri=f"/api/v2/users/{skill.person_id}/{PERSON_PLACES[skill.kind]}/{skill.skill_id}",
    )


def read_skill(body: SkillBody) -> SkillDraft:
    """What a skill shall be."""
    return SkillDraft(body.name, division_id=body.division_id)


def read_levels(body: Sequence[SkillLevelBody], kind: SkillKind, *, only: bool) -> SkillWish:
    """What a person shall be able to do."""
    return SkillWish(tuple(SkillLevel(each.id, each.proficiency) for each in body), kind, only)
