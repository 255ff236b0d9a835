"""Whether a permission is held, on values; and that the catalogue is what the source asks for."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shiftline.authorization import rules
from shiftline.authorization.model import ENFORCED, SOFTPHONE, Role, RoleDraft
from shiftline.foundation.context import Actor

SOURCE = Path(__file__).parents[3] / "src" / "shiftline"
NOW = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "permission", "expected"),
    [
        ("wfm:schedule:edit", "wfm:schedule:edit", True),
        ("wfm:*:view", "wfm:schedule:view", True),
        ("wfm:schedule:*", "wfm:schedule:view", True),
        ("*:*:*", "wfm:schedule:view", True),
        ("*:*", SOFTPHONE, True),
        ("webRTC:*", SOFTPHONE, True),
        ("wfm:*:view", "wfm:schedule:edit", False),
        ("*:*:*", SOFTPHONE, False),
        ("*:*", "wfm:schedule:view", False),
        ("wfm:schedule", "wfm:schedule:view", False),
        ("WFM:schedule:edit", "wfm:schedule:edit", False),
    ],
)
def test_what_a_permission_in_a_role_stands_for(pattern: str, permission: str, expected: bool) -> None:
    assert rules.covers(pattern, permission) is expected


@pytest.mark.parametrize("text", ["a:b", "a:b:c", "*:*:*", "webRTC:enable", "wfm:agent.v2:view-all"])
def test_permissions(text: str) -> None:
    assert rules.is_permission(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a:", ":b", "a:b:", "a:b:c:d", "a: b", "a:b c", "a:**", "a:b*", "ä:b", "a:b\n"]
)
def test_texts_that_are_none(text: str) -> None:
    assert not rules.is_permission(text)


GRANTS = rules.grants_of([("east", ["wfm:schedule:edit", "routing:*:view"]), ("*", [SOFTPHONE]), ("west", ["*:*:*"])])


@pytest.mark.parametrize(
    ("permission", "division", "expected"),
    [
        ("wfm:schedule:edit", None, True),
        ("wfm:schedule:edit", "east", True),
        ("wfm:schedule:edit", "north", False),
        ("wfm:schedule:edit", "west", True),
        ("routing:queue:view", "east", True),
        ("routing:queue:edit", "east", False),
        (SOFTPHONE, "anywhere", True),
        ("wfm:schedule:edit", "*", False),
        (SOFTPHONE, "*", True),
    ],
)
def test_where_a_permission_holds(permission: str, division: str | None, expected: bool) -> None:
    assert rules.holds(GRANTS, permission, division) is expected


def test_a_refusal_names_what_is_missing_and_where_and_who_can_help() -> None:
    actor = Actor("o", "person", person_id="p", grants=GRANTS)
    decision = rules.judge(actor, ("wfm:schedule:edit", "wfm:schedule:add"), "north", NOW)
    assert decision.allowed is False
    assert "wfm:schedule:add or wfm:schedule:edit in division north" in decision.sentence
    assert "without a new sign-in" in decision.remedies[0].sentence
    assert rules.judge(actor, ("wfm:schedule:edit", "wfm:schedule:add"), "east", NOW).allowed is True


def test_the_system_needs_no_grant() -> None:
    assert rules.judge(Actor("o", "system"), ("a:b:c",), None, NOW).allowed is True


def test_permissions_are_grouped_by_entity() -> None:
    assert rules.by_entity(["a:b:c", SOFTPHONE, "a:b:d", "a:*:c"]) == {("a", "b"): ["c", "d"], ("a", "*"): ["c"]}


def test_a_role_that_is_as_drafted_is_not_changed() -> None:
    role = Role("r", "Agent", None, None, ("a:b:c", "d:e"), 1)
    assert rules.is_as_drafted(role, RoleDraft("Agent", None, ("d:e", "a:b:c")))
    assert not rules.is_as_drafted(role, RoleDraft("Agent", None, ("d:e",)))
    assert not rules.is_as_drafted(role, RoleDraft("Agent", "x", role.permissions))


def test_the_catalogue_is_what_the_source_asks_for() -> None:
    """A permission asked for and not listed cannot be given on purpose; one listed and not asked for is decoration."""
    catalogue = {
        f"{domain}:{entity}:{action}"
        for domain, kinds in ENFORCED.items()
        for entity, actions in kinds.items()
        for action in actions
    }
    shape = re.compile(r'"((?!urn:|jabber:)[a-z][A-Za-z]*:[a-z][A-Za-z]*:[a-z][A-Za-z]*)"')
    asked: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        if "apps/sample" not in file.as_posix() and file.parent.name != "extensions":
            asked |= set(shape.findall(file.read_text(encoding="utf-8")))
    assert asked == catalogue, "write what is asked for into ENFORCED of authorization/model.py, and nothing else"
