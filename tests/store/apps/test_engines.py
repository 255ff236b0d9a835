"""The engines by themselves, and one kept child."""

import asyncio
import contextlib
import os
import signal
import stat
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from shiftline.apps.engines import postgres
from shiftline.apps.prepare import last_fact, require_later
from shiftline.apps.supervisor.child import Child, ChildFailedError, Gate, StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.apps.supervisor.supervise import Supervisor


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database runs as another user")
def test_folder_closed_to_the_database_is_refused_before_anything_is_made(own_folder: Path) -> None:
    own_folder.parent.chmod(0o700)
    with pytest.raises(StartRefusedError, match=f"may not enter {own_folder.parent} .mode 0700."):
        postgres.start(own_folder)
    assert not own_folder.exists()


def test_path_too_long_for_a_socket_gets_a_short_private_one(own_folder: Path) -> None:
    long = own_folder / ("x" * 90)
    own_folder.mkdir(mode=0o755)
    for _ in range(2):
        server = postgres.start(long)
        sockets = server.server.sockets
        try:
            assert not sockets.is_relative_to(long)
            assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
            with psycopg.connect(server.url) as connection:
                row = connection.execute(
                    "select datlocprovider, datlocale from pg_database where datname = 'shiftline'"
                )
                assert row.fetchone() == ("b", "C.UTF-8")
        finally:
            server.stop()
        assert not sockets.exists()


def test_session_left_by_a_killed_server_is_ended_before_the_next_starts(own_folder: Path) -> None:
    server = postgres.start(own_folder)
    connection = psycopg.connect(server.url, autocommit=True)
    pid = connection.info.backend_pid
    busy = "do $$ begin loop perform 1; end loop; end $$"  # looks up from its work for nothing but a signal

    def ask() -> None:
        with contextlib.suppress(psycopg.OperationalError):
            connection.execute(busy)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.3)
    os.kill(server.started.process.pid, signal.SIGKILL)
    server.started.process.wait()
    assert is_alive(pid)
    again = postgres.start(own_folder)
    try:
        assert not is_alive(pid)
        with psycopg.connect(again.url) as fresh:
            assert fresh.execute("select 1").fetchone() == (1,)
    finally:
        again.stop()
        asking.join(10)


async def test_child_that_never_comes_up_is_given_up_with_the_end_of_its_log(own_folder: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(DataFolder.open(own_folder), said.append)
    failing = Child(name="failing", command=(sys.executable, "-c", "print('the reason'); raise SystemExit(3)"))
    with pytest.raises(
        ChildFailedError, match=r"(?s)failing did not start: exit status 3.*failing\.log and ends:.*the reason"
    ):
        await supervisor.start(failing)
    await supervisor.stop()
    delays = [line.partition("started again in ")[2].partition(" s")[0] for line in said]
    assert delays[:2] == ["0.2", "0.4"]


async def test_child_behind_a_gate_waits_for_it_once_and_never_again(own_folder: Path) -> None:
    script = (
        "import os, signal; from shiftline.apps.supervisor.child import wait_at_gate; wait_at_gate();"
        "os.write(int(os.environ['SHIFTLINE_READY_FD']), b'\\n'); signal.pause()"
    )
    gate = Gate()
    supervisor = Supervisor(DataFolder.open(own_folder), print)
    command = (sys.executable, "-c", script)
    coming_up = asyncio.create_task(supervisor.start(Child(name="gated", command=command, gate=gate)))
    await asyncio.sleep(0.6)
    (kept,) = supervisor.kept
    assert kept.pid is not None
    assert is_alive(kept.pid)
    assert not coming_up.done()
    gate.open()
    await asyncio.wait_for(coming_up, 10)
    os.kill(kept.pid, signal.SIGKILL)
    before = kept.pid
    deadline = time.monotonic() + 10
    while kept.pid == before or not kept.is_ready:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    await supervisor.stop()


async def test_child_whose_program_is_missing_is_given_up_in_words(own_folder: Path) -> None:
    supervisor = Supervisor(DataFolder.open(own_folder), print)
    with pytest.raises(
        ChildFailedError, match=r"absent could not be run .No such file or directory: /nowhere/program."
    ):
        await supervisor.start(Child(name="absent", command=("/nowhere/program",)))
    await supervisor.stop()


async def test_child_that_ignores_the_request_to_stop_is_killed(own_folder: Path) -> None:
    deaf = "import os, signal; signal.signal(15, signal.SIG_IGN); os.write(int(os.environ['SHIFTLINE_READY_FD']), b'\\n'); signal.pause()"
    supervisor = Supervisor(DataFolder.open(own_folder), print)
    await supervisor.start(Child(name="deaf", command=(sys.executable, "-c", deaf), stop_within=0.2))
    pid = supervisor.kept[0].pid
    assert pid is not None
    assert is_alive(pid)
    await supervisor.stop()
    assert not is_alive(pid)


async def test_clock_may_not_stand_before_the_last_fact(database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        assert await last_fact(connection) is None
        fact = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)
        await connection.execute(
            "insert into foundation.audit (organization_id, at, actor_id, actor_kind, correlation_id, service, entity_type,"
            " entity_id, action, event, body) values ('o', %s, 'a', 'system', 'c', 's', 't', 'e', 'Create', 'x', '{}')",
            (fact,),
        )
        last = await last_fact(connection)
    assert last == fact
    require_later(fact + timedelta(seconds=1), last, moved=True)
    require_later(fact - timedelta(seconds=30), last, moved=False)  # the machine's clock was corrected a little
    for instant, moved in ((fact, True), (fact - timedelta(seconds=30), True), (fact - timedelta(hours=1), False)):
        with pytest.raises(StartRefusedError, match="before the last fact in this folder, 2023-10-27T10:45:00"):
            require_later(instant, last, moved=moved)
