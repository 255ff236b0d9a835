"""The supervisor with the real engines: it starts in order, keeps what dies, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from tests.store.apps.conftest import PROGRAMS, Installation, free_port


def test_ready_line_names_where_to_go_and_what_the_preparation_said(running: Installation) -> None:
    environment = f"localhost:{running.port}"
    authority = running.ready.pop("caCertificate")
    assert running.ready == {
        "event": "ready",
        "environment": environment,
        "apiUrl": f"https://api.{environment}",
        "organizationId": "of-the-test",
        "recordingKeys": str(running.data / "keys" / "recording-keys.json"),
        "demo": False,
    }
    running.ready["caCertificate"] = authority
    assert "BEGIN CERTIFICATE" in Path(authority).read_text()
    assert set(running.children) == {
        "postgres",
        "nats-server",
        "caddy",
        "api",
        "signalling",
        "worker",
        "router",
        "media",
    }


def test_programs_load_early_and_go_on_in_order(running: Installation) -> None:
    happened = (running.data / "objects" / "order").read_text().splitlines()[:15]
    first = {word: happened.index(word) for word in happened}
    # Nobody passes its gate unloaded; the database is filled before anybody uses it.
    for role in ("prepare", "api", "signalling", "worker", "router", "media"):
        assert first[f"{role} loaded"] < first[f"{role} goes on"]
    for role in ("api", "signalling", "worker", "router", "media"):
        assert first["prepare is done"] < first[f"{role} goes on"]
        assert first[f"{role} loaded"] < first["prepare is done"]


@pytest.mark.parametrize(
    ("host", "path", "role"),
    [
        ("api.localhost", "/api/v2/users/me", "api"),
        ("api.localhost", "/health/live", "api"),
        ("streaming.localhost", "/stream/x", "signalling"),
        ("login.localhost", "/oauth/authorize", "api"),
        ("login.localhost", "/sign-in", "api"),
        ("login.localhost", "/sign-out", "api"),
        ("apps.localhost", "/oauth/token", "api"),
        ("apps.localhost", "/oauth/revoke", "api"),
        ("localhost", "/api/v2/users/me", "api"),
        ("localhost", "/oauth/token", "api"),
        ("localhost", "/sign-in/again", "api"),
        ("localhost", "/stream/x", "signalling"),
        ("localhost", "/health/live", "api"),
    ],
)
def test_edge_routes_by_host_and_path(running: Installation, host: str, path: str, role: str) -> None:
    status, seen = running.fetch(host, path, "POST", **{"X-Forwarded-For": "8.8.8.8"})
    assert (status, seen["role"], seen["path"]) == (200, role, path)
    assert seen["Host"] == seen["X-Forwarded-Host"] == f"{host}:{running.port}"
    assert (seen["X-Forwarded-Proto"], seen["X-Forwarded-For"]) == ("https", "127.0.0.1")


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("api.localhost", "/oauth/token", 404),
        ("api.localhost", "/metrics", 404),
        ("api.localhost", "/health/ready", 404),
        ("login.localhost", "/api/v2/users/me", 404),
        ("streaming.localhost", "/api/v2/users/me", 404),
        ("streaming.localhost", "/metrics", 404),
        ("apps.localhost", "/api/v2/users/me", 404),
        ("apps.localhost", "/health/ready", 404),
        ("localhost", "/metrics", 404),
        ("localhost", "/health/ready", 404),
    ],
)
def test_edge_serves_nothing_else(running: Installation, host: str, path: str, status: int) -> None:
    answered, body = running.fetch(host, path)
    assert answered == status
    assert body["code"] == "not.found"


def test_unknown_host_is_refused_at_tls_or_misdirected(running: Installation) -> None:
    with running.connect("localhost") as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")
        assert connection.recv(64).startswith(b"HTTP/1.1 421")


def test_edge_does_not_offer_http3(running: Installation) -> None:
    with running.connect("api.localhost") as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: api.localhost\r\nConnection: close\r\n\r\n")
        assert b"alt-svc" not in connection.recv(4096).lower()


def test_web_socket_passes_through_the_edge(running: Installation) -> None:
    with running.upgrade("/stream/x") as connection:
        connection.sendall(b"hello")
        with connection.makefile("rb") as answer:
            assert answer.read(5) == b"hello"


def test_everything_listens_on_the_loopback_address_only(running: Installation) -> None:
    listening = {name: running.listening_addresses(pid) for name, pid in running.children.items()}
    assert listening == {
        "postgres": [],
        "nats-server": ["127.0.0.1"],
        "caddy": ["127.0.0.1"],
        "api": ["127.0.0.1"],
        "signalling": ["127.0.0.1"],
        "worker": [],
        "router": [],
        "media": [],
    }


def test_database_survives_kill_9_with_every_committed_row(running: Installation) -> None:
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        connection.execute("insert into kept select generate_series(1, 5000)")
    before = running.children["postgres"]
    os.kill(before, signal.SIGKILL)

    def rows() -> int:
        with psycopg.connect(running.database_url) as connection:
            row = connection.execute("select count(*) from kept").fetchone()
            return 0 if row is None else row[0]

    assert running.eventually(rows) == 5000
    assert running.children["postgres"] != before


def test_request_waits_for_a_killed_api_instead_of_failing(running: Installation) -> None:
    before = running.children["api"]
    os.kill(before, signal.SIGKILL)
    status, seen = running.fetch("api.localhost", "/api/v2/x")
    assert status == 200
    assert seen["pid"] != before


@pytest.mark.parametrize("name", ["signalling", "worker", "router", "media", "nats-server", "caddy"])
def test_killed_child_is_replaced_and_the_end_is_told(running: Installation, name: str) -> None:
    before = running.children[name]
    os.kill(before, signal.SIGKILL)
    assert running.eventually(lambda: running.children[name] != before)
    told = (running.data.parent / "stderr").read_text()
    assert (
        f"{ {'nats-server': 'nats', 'caddy': 'edge', 'media': 'media-1'}.get(name, name) } ended: killed by SIGKILL"
        in told
    )
    assert running.eventually(lambda: running.fetch("localhost", "/stream/x")[0] == 200)


def test_second_start_on_the_folder_is_refused_and_names_the_first(running: Installation) -> None:
    assert running.process is not None
    second = subprocess.run(
        [sys.executable, PROGRAMS, "serve", str(running.data), str(free_port())],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert second.returncode == 2
    assert second.stdout == ""
    assert f"in use by the Shiftline with process id {running.process.pid}." in second.stderr
    assert running.fetch("localhost", "/api/v2/x")[0] == 200


def test_port_in_use_is_refused_in_words(running: Installation, own_folder: Path) -> None:
    refused = Installation(own_folder, port=running.port).start()
    assert refused.process is not None
    assert refused.process.wait(20) == 2
    told = (own_folder.parent / "stderr").read_text()
    assert f"Port {running.port} of 127.0.0.1 is in use by another program." in told
    assert not own_folder.exists()


def test_a_file_where_the_data_folder_belongs_is_called_one(own_folder: Path) -> None:
    own_folder.write_text("a file")
    refused = Installation(own_folder).start()
    assert refused.process is not None
    assert refused.process.wait(20) == 2
    assert "this is a file, not a folder" in (own_folder.parent / "stderr").read_text()


def test_clean_stop_ends_with_0_and_leaves_no_process(own_folder: Path) -> None:
    installation = Installation(own_folder).start()
    assert installation.ready
    assert len(installation.processes) > 3
    with psycopg.connect(installation.database_url) as working, installation.upgrade("/stream/x"):
        working.execute("insert into kept values (1)")  # in a transaction that nobody ends
        begun = time.monotonic()
        assert installation.stop() == 0
        assert time.monotonic() - begun < 10
        working.close()
    assert installation.processes == []
    assert "database system is shut down" in (own_folder / "logs" / "postgres.log").read_text()


def test_stop_is_done_in_time_when_no_child_obeys(own_folder: Path) -> None:
    installation = Installation(own_folder).start()
    for pid in installation.children.values():
        os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    assert installation.stop() == 0
    assert time.monotonic() - begun < 10
    assert installation.processes == []


def test_stop_during_the_start_is_clean(own_folder: Path) -> None:
    installation = Installation(own_folder)
    installation.launch()
    installation.eventually((own_folder / "postgres").exists)
    assert installation.stop() == 0
    assert installation.processes == []


def test_after_kill_9_of_the_supervisor_all_children_die_and_a_new_start_finds_the_data(own_folder: Path) -> None:
    first = Installation(own_folder).start()
    with psycopg.connect(first.database_url, autocommit=True) as connection:
        connection.execute("insert into kept values (42)")
    assert first.process is not None
    children = first.children
    first.process.kill()
    first.process.wait()
    second = Installation(own_folder).start()
    try:
        assert second.ready, (own_folder.parent / "stderr").read_text()
        with psycopg.connect(second.database_url) as connection:
            assert connection.execute("select value from kept").fetchall() == [(42,)]
        assert second.eventually(lambda: not [pid for pid in children.values() if second.is_alive(pid)])
    finally:
        assert second.stop() == 0
    assert second.processes == []


def test_what_stands_in_the_way_is_named(own_folder: Path) -> None:
    own_folder.mkdir()
    (own_folder / "caddy").write_text("a file where a folder belongs")
    installation = Installation(own_folder).start()
    assert installation.process is not None
    assert installation.process.wait(30) == 1
    told = (own_folder.parent / "stderr").read_text()
    assert f"Shiftline cannot start: File exists ({own_folder / 'caddy'})" in told
    assert installation.processes == []
