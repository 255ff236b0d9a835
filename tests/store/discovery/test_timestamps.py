"""The time of an export from an authority over real HTTP: what it says holds, what it does not say keeps the export waiting."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.authority import REFUSAL, Answer, TimeServer, time_server
from tests.store.discovery.legal import Legal, files
from tests.unit.discovery.sample import Authority as Openssl
from tests.unit.discovery.sample import make_authority

from shiftline.apps.timestamping import ask_authority
from shiftline.discovery.anchors import timestamps
from shiftline.discovery.exports.errors import Waiting
from shiftline.discovery.exports.model import ExportState, Status, Step
from shiftline.discovery.exports.operations import asking
from shiftline.discovery.exports.operations.running import run_export
from shiftline.discovery.exports.operations.tools import Authority
from shiftline.foundation.errors import Unavailable


@pytest.fixture
def tsa(openssl: Openssl) -> Iterator[TimeServer]:
    with time_server(openssl) as running:
        yield running


def asking_of(legal: Legal, tsa: TimeServer, patience: float = 20.0) -> Legal:
    """The worker asks a server."""

    async def ask(request: bytes) -> bytes:
        return await ask_authority(tsa.url, request, timedelta(seconds=patience))

    return replace(legal, asked=Authority(tsa.url, ask, tsa.authority.roots))


async def run_once(legal: Legal, export: ExportState) -> ExportState:
    """A run until something is wrong, or it is sealed."""
    run = (await legal.state(export)).run
    while True:
        try:
            await run_export(legal.worker, legal.tools, export.id, run)
        except Waiting:
            await legal.sequence()
        except Unavailable:
            return await legal.state(export)
        else:
            return await legal.state(export)


async def begun(legal: Legal) -> ExportState:
    await legal.calls(1)
    return await legal.create()


async def ended(legal: Legal, export: ExportState) -> None:
    """The next run seals it, and it is verified by the authority's certificates from elsewhere."""
    sealed = await run_once(legal, export)
    assert sealed.status is Status.SEALED, sealed.problem
    assert sealed.problem is None
    report = legal.verify(sealed)
    assert report.holds, report.sentence
    assert not [each for each in report.findings if each.check.value == "timestamp" and each.verdict.value != "holds"]


async def test_an_authority_over_http_stamps_both_manifests(legal: Legal, tsa: TimeServer) -> None:
    legal = asking_of(legal, tsa)
    await ended(legal, await begun(legal))
    assert len(tsa.asked) == 2
    assert legal.stamps == 0
    assert [each for each in files(legal.path()) if each.endswith(".tsr")] == [
        "timestamps/manifest-sha256.txt.tsr",
        "timestamps/tagmanifest-sha256.txt.tsr",
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(500, "text/plain", b"no"), "answered with HTTP 500 and text/plain"),
        (Answer(200, "text/html", b"<p>"), "answered with HTTP 200 and text/html"),
        (Answer(301, headers={"Location": "/new"}), "redirects to /new"),
        (Answer(slowly=True), "gave no whole answer within 0.5 seconds"),
    ],
)
async def test_without_an_answer_the_export_waits_and_then_goes_on(
    legal: Legal, tsa: TimeServer, answer: Answer, words: str
) -> None:
    legal, tsa.answer = asking_of(legal, tsa, 0.5), answer
    export = await run_once(legal, await begun(legal))
    assert (export.status, export.step) == (Status.RUNNING, Step.MANIFESTED)
    assert export.problem is not None
    assert export.problem.code == "export.waits"
    assert export.problem.sentence.startswith(f"The timestamp authority {tsa.url} {words}")
    assert "The export waits and asks again" in export.problem.sentence
    tsa.answer = Answer()
    await ended(asking_of(legal, tsa), export)


async def test_an_authority_that_is_down_keeps_it_waiting(legal: Legal, openssl: Openssl) -> None:
    with time_server(openssl) as gone:
        waiting = asking_of(legal, gone)
    export = await run_once(waiting, await begun(waiting))
    assert (export.status, export.step) == (Status.RUNNING, Step.MANIFESTED)
    assert export.problem is not None
    assert f"{gone.url} does not answer" in export.problem.sentence
    with time_server(openssl) as back:
        await ended(asking_of(legal, back), export)


def other_nonce(tsa: TimeServer) -> Answer:
    def answer(request: bytes) -> bytes:
        digest = request[request.index(b"\x04\x20") + 2 :][:32]
        return tsa.authority.answer(timestamps.request(digest, 2**60 + 3))

    return Answer(content=answer)


def refused(tsa: TimeServer) -> Answer:
    del tsa
    return Answer(content=REFUSAL)


def no_response(tsa: TimeServer) -> Answer:
    del tsa
    return Answer(content=b"30820000")


def other_hash(tsa: TimeServer) -> Answer:
    return Answer(content=tsa.authority.answer(timestamps.request(bytes(32), 5)))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (refused, "the authority gave no token: not today.."),
        (other_nonce, "the token is of another request (its nonce is not ours)"),
        (other_hash, f"the token is over {'00' * 32}"),
        (no_response, "it is no response of a timestamp authority"),
    ],
)
async def test_a_token_that_does_not_hold_stops_it_until_somebody_resumes(
    legal: Legal, tsa: TimeServer, wrong: Callable[[TimeServer], Answer], words: str
) -> None:
    legal, tsa.answer = asking_of(legal, tsa), wrong(tsa)
    export = await run_once(legal, await begun(legal))
    assert (export.status, export.step) == (Status.FAILED, Step.MANIFESTED)
    assert export.problem is not None
    assert export.problem.code == "export.timestamp.invalid"
    assert f"The timestamp authority {tsa.url} gave no token that holds for manifest-sha256.txt" in (
        export.problem.sentence
    )
    assert words in export.problem.sentence
    assert "then resume the export" in export.problem.sentence
    assert not await legal.room.rows("select 1 from discovery.token")
    tsa.answer = Answer()
    await asking.resume_export(legal.admin, export.id)
    await ended(legal, export)


async def test_a_token_of_an_authority_that_is_not_trusted_is_none(
    legal: Legal, tsa: TimeServer, tmp_path: Path
) -> None:
    tsa.authority = make_authority(tmp_path / "other")
    trusting = asking_of(legal, tsa)
    assert trusting.asked is not None
    assert legal.openssl is not None
    trusting = replace(trusting, asked=replace(trusting.asked, roots=legal.openssl.roots))
    export = await run_once(trusting, await begun(legal))
    assert export.status is Status.FAILED
    assert export.problem is not None
    assert "the token does not hold" in export.problem.sentence
    assert "SHIFTLINE_TIMESTAMP_ROOTS" in export.problem.sentence


async def between_the_tokens(legal: Legal, tsa: TimeServer) -> ExportState:
    """The first token is kept, and then the server answers no more."""

    def once(request: bytes) -> bytes:
        tsa.answer = Answer(503)
        return tsa.authority.answer(request)

    tsa.answer = Answer(content=once)
    export = await run_once(asking_of(legal, tsa), await begun(legal))
    assert (export.status, export.step) == (Status.RUNNING, Step.TAGGED)
    tsa.answer = Answer()
    return export


async def test_both_tokens_or_none_when_the_authority_is_taken_away(legal: Legal, tsa: TimeServer) -> None:
    """One token alone would say that the other was lost: the package would never verify."""
    export = await between_the_tokens(legal, tsa)
    without = await run_once(replace(legal, openssl=None), export)
    assert (without.status, without.step) == (Status.FAILED, Step.TAGGED)
    assert without.problem is not None
    assert without.problem.code == "export.timestamp.unset"
    assert without.problem.sentence.startswith(
        "No timestamp authority is set any more. manifest-sha256.txt has a token of"
    )
    assert "SHIFTLINE_TIMESTAMP_AUTHORITY and SHIFTLINE_TIMESTAMP_ROOTS as they were" in without.problem.sentence
    await asking.resume_export(legal.admin, export.id)
    await ended(asking_of(legal, tsa), export)


async def test_the_second_token_is_of_the_first_ones_authority(legal: Legal, tsa: TimeServer, tmp_path: Path) -> None:
    """The package holds one set of certificates, which was written before the second token came."""
    export = await between_the_tokens(legal, tsa)
    with time_server(make_authority(tmp_path / "other", "Other Time")) as other:
        changed = await run_once(asking_of(legal, other), export)
        assert not other.asked
    assert (changed.status, changed.step) == (Status.FAILED, Step.TAGGED)
    assert changed.problem is not None
    assert changed.problem.code == "export.timestamp.other"
    assert f"The timestamp authority is now {other.url}" in changed.problem.sentence
    await asking.resume_export(legal.admin, export.id)
    await ended(asking_of(legal, tsa), export)
