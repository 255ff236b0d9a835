"""A timestamp authority over HTTP: what it answers and does not, told in a sentence that names it and what to do."""

import hashlib
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.authority import REPLY, Answer, TimeServer, basic, time_server
from tests.unit.discovery.sample import Authority, make_authority

from shiftline.apps.exports import authority_of
from shiftline.apps.timestamping import ask_authority
from shiftline.discovery.anchors import timestamps
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.settings import SettingInvalidError, Settings

DIGEST = hashlib.sha256(b"a manifest").digest()
NONCE = 2**61 + 5
REQUEST = timestamps.request(DIGEST, NONCE)


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(openssl: Authority) -> Iterator[TimeServer]:
    with time_server(openssl) as running:
        yield running


async def refusal(url: str, patience: float = 10.0) -> str:
    with pytest.raises(Unavailable) as refused:
        await ask_authority(url, REQUEST, timedelta(seconds=patience))
    return refused.value.message


async def test_an_authority_is_asked_as_the_standard_says(server: TimeServer) -> None:
    response = await ask_authority(server.url, REQUEST)
    stamp = timestamps.check(response, DIGEST, server.authority.roots, NONCE)
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=1)
    ((path, headers, body),) = server.asked
    assert (path, body) == ("/tsa", REQUEST)
    assert (headers["content-type"], headers["accept"]) == ("application/timestamp-query", REPLY)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(500, "text/html", b"<p>Oops"), "answered with HTTP 500 and text/html"),
        (Answer(503), f"answered with HTTP 503 and {REPLY}"),
        (Answer(404, None, b""), "answered with HTTP 404 and no type"),
        (Answer(200, "text/html; charset=utf-8", b"<p>Sign in"), "answered with HTTP 200 and text/html"),
        (Answer(200, REPLY, bytes(2**20 + 1)), "answers with more than 1048576 bytes"),
    ],
)
async def test_an_answer_that_is_none_is_told(server: TimeServer, answer: Answer, words: str) -> None:
    server.answer = answer
    told = await refusal(server.url)
    assert told.startswith(f"The timestamp authority {server.url} {words}")
    assert "The export waits and asks again: see that the worker can reach it" in told
    assert "SHIFTLINE_TIMESTAMP_AUTHORITY" in told


async def test_a_redirect_is_told_and_not_followed(server: TimeServer) -> None:
    server.answer = Answer(307, headers={"Location": "http://127.0.0.1:9/elsewhere"})
    told = await refusal(server.url)
    assert f"{server.url} redirects to http://127.0.0.1:9/elsewhere (HTTP 307), which is not followed" in told
    assert "set SHIFTLINE_TIMESTAMP_AUTHORITY to where the authority is" in told
    assert len(server.asked) == 1


@pytest.mark.parametrize("answer", [Answer(silent=3.0), Answer(slowly=True)])
async def test_one_time_limit_holds_for_the_whole_answer(server: TimeServer, answer: Answer) -> None:
    """A server that sends a byte now and then is as slow as one that sends none."""
    server.answer = answer
    began = time.monotonic()
    told = await refusal(server.url, 0.6)
    assert f"{server.url} gave no whole answer within 0.6 seconds" in told
    assert time.monotonic() - began < 2.5


async def test_who_does_not_listen_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else has it meanwhile
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/tsa"
        told = await refusal(url)
    assert told.startswith(f"The timestamp authority {url} does not answer (")
    assert "see that the worker can reach it" in told


async def test_a_connection_that_breaks_off_is_told(server: TimeServer) -> None:
    server.answer = Answer(headers={"Transfer-Encoding": "chunked"}, content=b"no chunks")
    assert f"The timestamp authority {server.url} does not answer (" in await refusal(server.url)


async def test_a_password_in_the_url_is_sent_and_not_told(server: TimeServer) -> None:
    secret = server.url.replace("http://", "http://ana:s3cret@")
    await ask_authority(secret, REQUEST)
    assert server.asked[0][1]["authorization"] == basic("ana", "s3cret")
    server.answer = Answer(401, "text/plain", b"")
    told = await refusal(secret)
    assert server.url in told
    assert "s3cret" not in told


def settings(**more: str) -> Settings:
    needed = {
        "SHIFTLINE_DATABASE_URL": "postgresql://x",
        "SHIFTLINE_NATS_URL": "nats://x",
        "SHIFTLINE_OBJECTS_URL": "file:///x",
    }
    return Settings.from_environment({**needed, **more})


async def test_the_settings_make_the_authority(server: TimeServer) -> None:
    roots = server.authority.folder / "ca.pem"
    url = server.url.replace("http://", "http://ana:s3cret@")
    made = authority_of(settings(SHIFTLINE_TIMESTAMP_AUTHORITY=url, SHIFTLINE_TIMESTAMP_ROOTS=str(roots)))
    assert made is not None
    assert (made.url, made.roots) == (server.url, server.authority.roots)
    assert timestamps.check(await made.ask(REQUEST), DIGEST, made.roots, NONCE).issuer == "CN=Test Time Authority"
    assert authority_of(settings()) is None


def test_roots_that_are_none_are_named(tmp_path: Path) -> None:
    wrong = tmp_path / "roots.pem"
    for content in (None, b"", b"no certificate"):
        if content is not None:
            wrong.write_bytes(content)
        with pytest.raises(SettingInvalidError, match=f"SHIFTLINE_TIMESTAMP_ROOTS: {wrong}"):
            authority_of(
                settings(SHIFTLINE_TIMESTAMP_AUTHORITY="http://localhost/tsa", SHIFTLINE_TIMESTAMP_ROOTS=str(wrong))
            )
