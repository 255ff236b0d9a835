"""Whatever stands against an agent, alone or two at once: the first blocker is the right one, and all are told."""

import re
from pathlib import Path

import pytest
from benchmarks.access.faults import CONNECT, FAULTS, ORDER
from benchmarks.access.matrix import judge_all, prepare
from tests.conftest import SettableContext

ROOT = Path(__file__).parents[3]
PASSED_OVER = "unit/access/test_offers.py"
CONTROL = "unit/recordings/test_control_rules.py"
UNREACHED = {
    # Who is alone in a queue is passed over for nobody.
    "handles.more": PASSED_OVER,
    "idle.for.less.time": PASSED_OVER,
    "last.agent.preferred": PASSED_OVER,
    "missed.before": PASSED_OVER,
    "next.in.turn": PASSED_OVER,
    "skill.lower": PASSED_OVER,
    "not.permitted": PASSED_OVER,
    # They refuse a control of a recording, and no access.
    "pause.forbidden": CONTROL,
    "recording.none": CONTROL,
    "snippet.forbidden": CONTROL,
}
"""Codes that no fault of the matrix brings about, each with the test that does."""


@pytest.mark.timeout(600)
async def test_each_fault_and_each_two_faults(context: SettableContext) -> None:
    floor = await prepare(context)
    found = await judge_all(floor)
    assert [each.wrong for each in found] == [[]] * len(found)
    assert found[0].combinations > 300
    assert sum(each.asked for each in found) > 2_000
    reached = set[str]().union(*(each.reached for each in found))
    assert refusing() - reached == UNREACHED.keys(), "a code that no fault brings about needs a fault, or a reason"


def refusing() -> set[str]:
    """The codes whose page says that they refuse, or that something could not be known."""
    pages = {page.stem: page.read_text() for page in (ROOT / "docs" / "why").iterdir()}
    return {code for code, text in pages.items() if re.search(r"`: it (refuses|could not be known) ", text)}


def test_what_the_matrix_does_not_reach_another_test_does() -> None:
    for code, where in UNREACHED.items():
        assert code in (ROOT / "tests" / where).read_text(), code


def test_the_matrix_has_every_gate() -> None:
    gates = {fault.gate for fault in FAULTS}
    assert gates == {
        *CONNECT, "session", "station", "presence", "status", "member", "ring", "skill", "capacity", "declined",
    }  # fmt: skip
    assert {code for fault in FAULTS for code in fault.codes} == set(ORDER)
