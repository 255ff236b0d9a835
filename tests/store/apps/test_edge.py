"""The edge by itself: the web app's files, and what is said while a program behind it is away."""

import http.client
import json
import shutil
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shiftline.apps.engines import caddy
from shiftline.apps.engines.ports import LOOPBACK, choose_ports
from shiftline.apps.supervisor.child import start_child
from shiftline.apps.supervisor.folder import DataFolder


@dataclass
class Served:
    """A running edge with nothing behind it."""

    port: int
    authority: Path

    def fetch(self, host: str, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        trust = ssl.create_default_context(cafile=str(self.authority))
        client = http.client.HTTPConnection(host, self.port)
        plain = socket.create_connection((LOOPBACK, self.port), timeout=15)
        client.sock = trust.wrap_socket(plain, server_hostname=host)
        client.request(method, path, headers=headers)
        return client.getresponse()


@pytest.fixture(scope="module")
def edge() -> Iterator[Served]:
    root = Path(tempfile.mkdtemp(prefix="shiftline-test-"))
    web = root / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html><title>the page</title>" + " " * 4000)
    (web / "call.html").write_text("<!doctype html><title>call us</title>")
    (web / "assets" / "index-abc.js").write_text("export {}")
    folder = DataFolder.open(root / "data")
    port, api_port, signalling_port = choose_ports(3)
    served = caddy.Edge(
        environment=f"localhost:{port}",
        bind=LOOPBACK,
        port=port,
        api_port=api_port,
        signalling_port=signalling_port,
        web=web,
    )
    child = caddy.caddy_child(folder, served)
    process = start_child(child, folder.log("edge")).process
    assert child.is_ready is not None
    deadline = time.monotonic() + 20
    while not child.is_ready(process.pid):
        assert time.monotonic() < deadline, folder.log("edge").read_text()
        time.sleep(0.05)
    try:
        yield Served(port, caddy.certificate_authority(folder))
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(root)


@pytest.mark.parametrize(("nodes", "patience"), [((), None), (("n1:1", "n2:1"), "5s")])
def test_sockets_of_a_node_that_says_nothing_are_ended_where_there_is_another(
    tmp_path: Path, nodes: tuple[str, ...], patience: str | None
) -> None:
    served = caddy.Edge(environment="localhost", bind=LOOPBACK, port=1, signalling_nodes=nodes, api_nodes=nodes)
    found = {
        path: route["handle"][0]["transport"].get("read_timeout")
        for site in caddy.caddy_configuration(served, tmp_path)["apps"]["http"]["servers"]["edge"]["routes"]
        for route in site["handle"][0].get("routes", ())
        if route["handle"][0]["handler"] == "reverse_proxy"
        for path in route["match"][0]["path"]
    }
    assert found["/stream/*"] == patience
    assert found["/api/*"] is None, "an answer may take its time"


@pytest.mark.parametrize("host", ["apps.localhost", "localhost"])
@pytest.mark.parametrize("path", ["/", "/schedule/week", "/index.html"])
def test_every_page_of_the_app_is_the_one_page_and_never_stale(edge: Served, host: str, path: str) -> None:
    answer = edge.fetch(host, path)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"the page" in answer.read()


@pytest.mark.parametrize("path", ["/", "/assets/index-abc.js", "/assets/index-old.js", "/favicon.svg"])
def test_page_may_ask_its_own_hosts_only_and_run_nothing_inline(edge: Served, path: str) -> None:
    answer = edge.fetch("apps.localhost", path)
    policy = policy_of(answer)
    assert policy["connect-src"].split() == [
        "'self'",
        f"https://api.localhost:{edge.port}",
        f"https://streaming.localhost:{edge.port}",
        f"wss://streaming.localhost:{edge.port}",
    ]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def policy_of(answer: http.client.HTTPResponse) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("host", ["apps.localhost", "localhost"])
@pytest.mark.parametrize("path", ["/call", "/call/", "/call/queue-billing?name=Ana"])
def test_page_for_callers_is_shown_in_anybodys_frame_and_may_use_the_microphone(
    edge: Served, host: str, path: str
) -> None:
    answer = edge.fetch(host, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"call us" in answer.read()
    assert policy_of(answer)["frame-ancestors"] == "*"
    assert policy_of(answer)["script-src"] == "'self'"
    assert answer.headers["X-Frame-Options"] is None
    assert "microphone=(self)" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/calls", "/callers/1", "/call.html"])
def test_no_other_page_is_shown_in_a_frame(edge: Served, path: str) -> None:
    answer = edge.fetch("apps.localhost", path)
    assert policy_of(answer)["frame-ancestors"] == "'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_softphone_may_use_the_microphone_and_play_what_the_api_gives(edge: Served) -> None:
    answer = edge.fetch("apps.localhost", "/")
    assert answer.headers["Permissions-Policy"].split(", ")[:2] == ["microphone=(self)", "camera=()"]
    assert policy_of(answer)["media-src"].split() == ["'self'", "blob:", f"https://api.localhost:{edge.port}"]


def test_hashed_asset_is_kept_for_ever(edge: Served) -> None:
    answer = edge.fetch("apps.localhost", "/assets/index-abc.js")
    assert (answer.status, answer.read()) == (200, b"export {}")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_asset_of_another_build_is_missing_not_the_page(edge: Served) -> None:
    answer = edge.fetch("apps.localhost", "/assets/index-old.js")
    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-cache"


def test_file_outside_the_app_is_not_reached(edge: Served) -> None:
    for path in ("/../data/secrets/postgres", "/..%2f..%2fdata/secrets/postgres", "/assets/../../data/lock"):
        assert b"the page" in edge.fetch("apps.localhost", path).read()


def test_large_page_is_compressed(edge: Served) -> None:
    answer = edge.fetch("apps.localhost", "/", **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("host", "path", "readable"),
    [("api.localhost", "/api/v2/users/me", "*"), ("login.localhost", "/oauth/token", None)],
)
def test_program_that_stays_away_is_503_with_the_time_to_wait(
    edge: Served, host: str, path: str, readable: str | None
) -> None:
    begun = time.monotonic()
    answer = edge.fetch(host, path, "POST")
    assert answer.status == 503
    assert 4 < time.monotonic() - begun < 10  # it waited for the program to come back
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Access-Control-Allow-Origin"] == readable
    body = json.loads(answer.read())
    assert (body["status"], body["code"]) == (503, "service.unavailable")
    assert len(body["contextId"]) == 36
