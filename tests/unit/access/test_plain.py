"""The words for whom a decision is about: there are some for each code that refuses, and they tell nothing of others."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import shiftline
from shiftline.access.rules.plain import SAID, tell_agent
from shiftline.foundation.decision import Decision, Reason, Source
from shiftline.routing.rules.sentences import SENTENCES

SOURCE = Path(shiftline.__file__).parent
NOW = datetime(2023, 10, 27, 10, 58, tzinfo=UTC)


def refusing(code: ast.expr) -> list[str]:
    """The codes of a gate that may refuse: of a choice, all but the first, which is the one that holds."""
    match code:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.IfExp(orelse=ast.IfExp(body=one) as other):
            return [*refusing(one), *refusing(other)]
        case ast.IfExp(orelse=other):
            return refusing(other)
        case _:
            return []


def find_refusing() -> set[str]:
    files = [file for room in ("access", "identity", "recordings") for file in (SOURCE / room).rglob("*.py")]
    found: set[str] = set()
    for file in files:
        if "rules" not in str(file.relative_to(SOURCE)):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason"):
                continue
            named = {keyword.arg: keyword.value for keyword in node.keywords}
            holds = node.args[1] if len(node.args) > 1 else named["holds"]
            if not (isinstance(holds, ast.Constant) and holds.value is True):
                found.update(refusing(node.args[0] if node.args else named["code"]))
    return found


def test_each_code_that_may_refuse_has_words_for_the_agent() -> None:
    codes = find_refusing() | set(SENTENCES) | {"person.inactive", "person.deleted"}
    assert len(codes) > 40
    assert codes - set(SAID) == set()


def test_the_words_have_no_permission_id_or_path() -> None:
    for code, said in SAID.items():
        assert not re.search(r"\w+:\w+|/api|[a-z]+[A-Z]|_", said), code


def decided(*gates: Reason, **more: object) -> Decision:
    return Decision("connect", "ana", NOW, gates, who="Ana Ruiz", what="connect the softphone", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("holds", [True, None])
def test_what_does_not_refuse(holds: bool | None) -> None:
    told = tell_agent(decided(Reason("tenant.webrtc_unknown", holds, "The setting of Bea Boss could not be read.")))
    assert told == (
        "Nothing stands in your way."
        if holds
        else "Whether you can connect your softphone is not known. A setting could not be read. It is tried again by itself."
    )


def test_all_that_refuses_is_told_and_since_when_where_it_is_one_thing() -> None:
    gone = Reason("permission.missing", False, "Taken by Bea Boss.", source=Source("grant", NOW, "bea"))
    off = Reason("tenant.webrtc_disabled", False, "Off.", source=Source("settings", NOW, "bea"))
    one, two = tell_agent(decided(gone)), tell_agent(decided(off, gone, next_change_at=NOW))
    assert "do not allow a softphone since 2023-10-27 10:58 UTC." in one
    assert "Softphones are switched off for everybody here." in two
    assert two.endswith("you need not sign in again. This changes by itself on 2023-10-27 10:58 UTC.")
    assert not re.search("bea|boss", one + two, re.IGNORECASE)


def test_a_code_without_words_is_not_told_in_others() -> None:
    assert (
        tell_agent(decided(Reason("x.y", False, "Bea Boss did it.")))
        == "You cannot connect your softphone. Ask your administrator."
    )
