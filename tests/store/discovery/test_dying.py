"""A worker killed at any step leaves an export that the next one ends: exactly what was planned, each once, verified."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.store.discovery import dying
from tests.store.discovery.legal import Legal, files

from shiftline.discovery.exports.jobs import go_on_with_abandoned
from shiftline.discovery.exports.model import ExportState, Place, Status
from shiftline.discovery.exports.store import states
from shiftline.foundation.context import Actor

ROOT = Path(__file__).parents[3]
STEPS = [*(f"folder: {each}" for each in dying.FOLDER), *(f"zip: {each}" for each in dying.ZIP)]


def test_there_are_enough_steps() -> None:
    assert len(dying.FOLDER) >= 28


def kill_at(legal: Legal, url: str, export: ExportState, step: str) -> None:
    """Let another process go on until it kills itself."""
    assert legal.openssl is not None
    (legal.folder / "authority").write_text(str(legal.openssl.folder))
    now = str(legal.room.clock.now().timestamp())
    command = [
        sys.executable,
        "-m",
        "tests.store.discovery.dying",
        url,
        str(legal.folder),
        "org-1",
        export.id,
        step,
        now,
    ]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-3000:]


@pytest.mark.parametrize("step", STEPS)
async def test_whatever_dies_the_next_run_ends_it(legal: Legal, database_url: str, step: str) -> None:
    await legal.calls(3)
    kind = step.partition(":")[0]
    export = await legal.create(place=Place(kind))
    kill_at(legal, database_url, export, step)
    state = await legal.state(export)
    if state.status is not Status.SEALED:
        async with legal.worker.transaction() as tx:
            await tx.execute("update discovery.export set alive_at = clock_timestamp() - interval '1 minute'", {})
        await go_on_with_abandoned(legal.admin.acting_as(Actor("", "system")))
        assert (await legal.state(export)).run == 2
    sealed = await legal.run(export)
    assert sealed.status is Status.SEALED, sealed.problem
    assert sealed.stored_objects == sealed.total_objects
    log = await legal.log(sealed)
    assert [planned.sequence for planned, _, _ in log] == list(range(1, sealed.total_objects + 1))
    assert all(at is not None for _, _, at in log)
    if kind == "folder":
        assert files(legal.path()) == sorted(planned.path for planned, _, _ in log)
        assert sorted(each.name for each in legal.path().parent.iterdir()) == ["one"]
    else:
        assert [each.name for each in legal.path().parent.iterdir()] == ["one.zip"]
    report = legal.verify(sealed, legal.path("one.zip") if kind == "zip" else None)
    assert report.holds, report.sentence
    assert report.root == sealed.root
    entered = await legal.room.rows("select kind from ledger.entry where kind like 'export.%%' order by kind")
    assert [each["kind"] for each in entered] == ["export.frozen", "export.sealed"]


async def test_of_two_runs_the_later_one_writes(legal: Legal) -> None:
    await legal.calls(2)
    export = await legal.create()
    assert (await legal.run(export, run=7)).step.value == "draft"
    async with legal.worker.transaction() as tx:
        await states.set_status(tx, export.id, Status.RUNNING, coming_from=[Status.RUNNING], new_run=True)
    assert (await legal.run(export, run=1)).step.value == "draft"
    assert (await legal.run(export, run=2)).status is Status.SEALED
