"""A job whose worker was killed is run by the next one, also those that share its lock."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

from tests.store.apps.working import JOB
from tests.store.conftest import Tenant

from shiftline.foundation.jobs import defer

PROGRAM = Path(__file__).with_name("working.py")
ROOT = Path(__file__).parents[3]


@contextlib.contextmanager
def worker(url: str, folder: Path) -> Generator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.store.apps.working", url, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not there():
            await asyncio.sleep(0.05)


async def test_a_job_outlives_its_worker(tenant: Tenant, database_url: str, tmp_path: Path) -> None:
    async with tenant.context.transaction() as tx:
        for number in range(2):
            await defer(tx, JOB, {"number": number}, lock="one after another")
    with worker(database_url, tmp_path):
        await until((tmp_path / "begun-0").exists)
    assert not (tmp_path / "begun-1").exists(), "it waits for the first"
    with worker(database_url, tmp_path):
        await until((tmp_path / "done-0").exists)
        await until((tmp_path / "begun-1").exists)
