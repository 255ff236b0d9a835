"""A worker killed anywhere in a running hold leaves one that the next worker ends: all held, each entered once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.store.recordings import dying_holds
from tests.store.recordings.conftest import Room
from tests.store.recordings.test_matters import copies, opened, place

from shiftline.recordings.matters.model import HoldState
from shiftline.recordings.matters.operations import placing, taking

ROOT = Path(__file__).parents[3]
MORE = 1_130
"""With the first recording five batches, the last one not whole."""


def kill_at(room: Room, url: str, step: str) -> None:
    """Let another process go on until it kills itself."""
    command = [sys.executable, "-m", "tests.store.recordings.dying_holds", url, step, str(room.clock.now().timestamp())]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-3000:]


@pytest.mark.parametrize("step", dying_holds.STEPS)
async def test_whatever_dies_the_next_worker_ends_it(room: Room, database_url: str, step: str) -> None:
    recording = await room.sealed(0.2)
    ids = {recording.id, *await copies(room, recording, MORE)}
    marked = sorted(ids)[::100]
    async with room.context.transaction() as tx:
        statement = """insert into recordings.deletion (organization_id, id, recording_id, cause, reason, marked_at, asked_by, due_at, state)
                       select 'org-1', 'deletion-of-' || i, i, 'person', 'Asked.', now(), 'admin-1', now() + interval '1 day', 'marked'
                       from unnest(%(ids)s::text[]) i"""
        await tx.execute(statement, {"ids": marked})
    matter = await opened(room)
    hold = await place(room, matter, person_ids=[room.agent.id])
    assert (hold.state, hold.total) == (HoldState.RUNNING, len(ids))

    kill_at(room, database_url, step)
    halfway = await placing.get_hold(room.tenant.context, matter.id, hold.id)
    assert 0 < halfway.taken < len(ids) or "end" in step
    held = await room.rows("select count(*)::int as held from recordings.held")
    assert held[0]["held"] == halfway.taken, "what is held and how far it is are one transaction"

    assert await taking.continue_all(room.context) == (0 if halfway.state is HoldState.DONE else 1)
    done = await placing.get_hold(room.tenant.context, matter.id, hold.id)
    assert (done.state, done.taken, done.already, done.refused) == (HoldState.DONE, len(ids), 0, 0)
    rows = await room.rows("select recording_id from recordings.held where released_at is null order by recording_id")
    assert [each["recording_id"] for each in rows] == sorted(ids)
    counted = await room.rows("select held_by, count(*)::int as count from recordings.recording group by held_by")
    assert [(each["held_by"], each["count"]) for each in counted] == [(1, len(ids))]
    entered = await room.rows("select subject_id from ledger.entry where kind = 'recording.held' order by subject_id")
    assert [each["subject_id"] for each in entered] == sorted(ids), "each once"
    stopped = await room.rows("select subject_id from ledger.entry where kind = 'deletion.stopped' order by subject_id")
    states = await room.rows("select recording_id, state from recordings.deletion order by recording_id")
    assert [(each["recording_id"], each["state"]) for each in states] == [(each, "held") for each in marked]
    assert len(stopped) == len(marked)
