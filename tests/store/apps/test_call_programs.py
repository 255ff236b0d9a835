"""The programs `media` and `router`, each by itself on a real PostgreSQL and without NATS."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from shiftline.apps.router import ROUTER_LOCK
from shiftline.recordings.keys import create_key_file


class Program:
    """One `shiftline run NAME`."""

    def __init__(self, name: str, database_url: str, folder: Path, **variables: str) -> None:
        self.port = free_port()
        environment = {
            **os.environ,
            "PYTHONTZPATH": "",
            "SHIFTLINE_DATABASE_URL": as_url(database_url),
            "SHIFTLINE_NATS_URL": f"nats://127.0.0.1:{free_port()}",
            "SHIFTLINE_OBJECTS_URL": (folder / "objects").as_uri(),
            "SHIFTLINE_LISTEN": f"127.0.0.1:{self.port}",
            "SHIFTLINE_RECORDING_KEYS": str(folder / "keys.json"),
            "SHIFTLINE_SPOOL": str(folder / "spool"),
            "SHIFTLINE_MEDIA_SLOT": "media-7",
            **variables,
        }
        command = [sys.executable, "-P", "-m", "shiftline.apps.cli", "run", name]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def answers(self) -> bool:
        assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
        try:
            return "ready" in self.page("/health/ready")
        except OSError:
            return False


def as_url(conninfo: str) -> str:
    named = conninfo_to_dict(conninfo)
    who = f"{quote(str(named['user']))}:{quote(str(named['password']))}"
    return f"postgresql://{who}@/{named['dbname']}?host={quote(str(named['host']), safe='')}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], object]) -> None:
    deadline = time.monotonic() + 40
    while not look():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("objects", "spool"):
        (tmp_path / name).mkdir()
    create_key_file(tmp_path / "keys.json", datetime.now(UTC))
    return tmp_path


@contextmanager
def running(name: str, database_url: str, folder: Path, **variables: str) -> Generator[Program]:
    program = Program(name, database_url, folder, **variables)
    try:
        yield program
    finally:
        program.process.kill()
        program.process.wait()


def nodes(database_url: str) -> list[tuple[str, bool]]:
    """The slots of media nodes, the oldest first, and whether each node has a lease still."""
    with psycopg.connect(database_url) as connection:
        statement = "select slot, ended_at is null from calls.media_node order by started_at"
        return [(slot, lives) for slot, lives in connection.execute(statement)]


def test_media_takes_its_slot_tells_of_itself_and_leaves_in_order(fresh_database_url: str, folder: Path) -> None:
    with running("media", fresh_database_url, folder) as media:
        eventually(media.answers)
        eventually(lambda: nodes(fresh_database_url))
        assert nodes(fresh_database_url) == [("media-7", True)]
        assert "shiftline_media_legs 0.0" in media.page("/metrics")
        media.process.send_signal(signal.SIGTERM)
        assert media.process.wait(20) == 0
    assert nodes(fresh_database_url) == [("media-7", False)]


def test_media_whose_slot_another_took_ends_and_says_so_by_its_exit(fresh_database_url: str, folder: Path) -> None:
    with running("media", fresh_database_url, folder) as first:
        eventually(lambda: nodes(fresh_database_url))
        with running("media", fresh_database_url, folder) as second:
            assert first.process.wait(40) == 1
            assert second.process.poll() is None
            assert nodes(fresh_database_url) == [("media-7", False), ("media-7", True)]


def test_media_without_a_spool_is_refused_by_the_variables_name(fresh_database_url: str, folder: Path) -> None:
    with running("media", fresh_database_url, folder, SHIFTLINE_SPOOL="") as media:
        assert media.process.wait(40) == 2
        assert media.process.stderr is not None
        assert "SHIFTLINE_SPOOL is not set, and `shiftline run media` needs it." in media.process.stderr.read()


def test_of_two_routers_one_leads_and_the_other_takes_over_when_it_is_killed(
    fresh_database_url: str, folder: Path
) -> None:
    def leading() -> int:
        with psycopg.connect(fresh_database_url) as connection:
            statement = "select count(*) from pg_locks where locktype = 'advisory' and objid = %s and granted"
            row = connection.execute(statement, (ROUTER_LOCK,)).fetchone()
            return 0 if row is None else int(row[0])

    with running("router", fresh_database_url, folder) as first:
        eventually(first.answers)
        eventually(lambda: leading() == 1)
        with running("router", fresh_database_url, folder) as second:
            eventually(second.answers)
            assert leading() == 1
            first.process.kill()
            first.process.wait()
            eventually(lambda: leading() == 1)
            second.process.send_signal(signal.SIGTERM)
            assert second.process.wait(20) == 0
    eventually(lambda: leading() == 0)
