"""Whatever stands against an agent, alone or two at once: the first blocker is the right one, and all are told."""

import pytest
from benchmarks.access.faults import CONNECT, FAULTS, ORDER
from benchmarks.access.matrix import judge_agents, judge_recordings, prepare
from tests.conftest import SettableContext


@pytest.mark.timeout(600)
async def test_each_fault_and_each_two_faults(context: SettableContext) -> None:
    floor = await prepare(context)
    agents, recordings = await judge_agents(floor), await judge_recordings(floor)
    assert agents.wrong == []
    assert recordings.wrong == []
    assert agents.combinations > 300
    assert agents.asked + recordings.asked > 1_500


def test_the_matrix_has_every_gate() -> None:
    gates = {fault.gate for fault in FAULTS}
    assert gates == {
        *CONNECT, "session", "station", "presence", "status", "member", "ring", "skill", "capacity", "declined",
    }  # fmt: skip
    assert {code for fault in FAULTS for code in fault.codes} == set(ORDER)
