"""`shiftline verify s3://BUCKET/PREFIX` as counsel calls it: a process of its own, credentials from the environment, a real server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.seaweed import KEY, SECRET, Seaweed, seaweed
from tests.unit.discovery.sample import Memory, made, sample

from shiftline.discovery.verification.refused import tell_refusal

COMMAND = str(Path(sys.executable).with_name("shiftline"))
SOUND = "data/conversations/call-1/recording-1.ogg"
PREFIX = "matter-7/first"
PLACE = f"s3://counsel/{PREFIX}"


@pytest.fixture(scope="module")
def package() -> Memory:
    return made(sample(calls=1))[0]


@pytest.fixture(scope="module")
def weed(package: Memory) -> Iterator[Seaweed]:
    with seaweed() as running:
        running.bucket("counsel")
        client = running.client()
        for path, content in package.kept.items():
            client.put_object(Bucket="counsel", Key=f"{PREFIX}/{path}", Body=content)
        yield running


def verify(weed: Seaweed, place: str, *flags: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
    """What the command answers; ``changed`` are variables of the environment, None: not set."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    known: Mapping[str, str | None] = {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": weed.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
        **changed,
    }
    variables = {**clean, **{name: value for name, value in known.items() if value is not None}}
    return subprocess.run(
        [COMMAND, "verify", place, *flags], env=variables, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_package_that_holds_ends_with_0(weed: Seaweed, package: Memory) -> None:
    for place in (PLACE, f"{PLACE}/"):
        done = verify(weed, place)
        assert (done.returncode, done.stderr) == (0, "")
        size = sum(map(len, package.kept.values()))
        assert done.stdout.splitlines()[-1] == (
            f"The package {place} is whole and unchanged: {len(package.kept)} files, {size} bytes."
        )


@pytest.mark.parametrize("flaw", ["changed", "shortened", "removed", "added"])
def test_an_object_that_was_touched_ends_with_3_and_is_named(weed: Seaweed, package: Memory, flaw: str) -> None:
    client, key, whole = weed.client(), f"{PREFIX}/{SOUND}", package.kept[SOUND]
    added = f"{PREFIX}/data/more.txt"
    try:
        if flaw == "changed":
            client.put_object(Bucket="counsel", Key=key, Body=whole[:-1] + bytes((whole[-1] ^ 1,)))
        elif flaw == "shortened":
            client.put_object(Bucket="counsel", Key=key, Body=whole[:-1])
        elif flaw == "removed":
            client.delete_object(Bucket="counsel", Key=key)
        else:
            client.put_object(Bucket="counsel", Key=added, Body=b"more")
        done = verify(weed, PLACE, "--json")
    finally:
        client.put_object(Bucket="counsel", Key=key, Body=whole)
        client.delete_object(Bucket="counsel", Key=added)
    assert (done.returncode, done.stderr) == (3, "")
    told = json.loads(done.stdout)
    assert not told["holds"]
    assert ("data/more.txt" if flaw == "added" else SOUND) in told["sentence"]


@pytest.mark.parametrize(
    ("place", "changed", "words"),
    [
        ("s3://nowhere/x", {}, "there is no bucket nowhere there, look at its name, AWS_ENDPOINT_URL and AWS_REGION"),
        (
            PLACE,
            {"AWS_SECRET_ACCESS_KEY": "wrong"},
            "the server does not know these credentials, look at AWS_ACCESS_KEY_ID",
        ),
        (
            PLACE,
            {"AWS_ACCESS_KEY_ID": "nobody"},
            "the server does not know these credentials, look at AWS_ACCESS_KEY_ID",
        ),
        (PLACE, {"AWS_ALLOW_HTTP": None}, "AWS_ENDPOINT_URL begins with http://, set AWS_ALLOW_HTTP=true"),
        (PLACE, {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "the server does not answer, look at AWS_ENDPOINT_URL"),
    ],
)
def test_what_is_set_wrongly_ends_with_2_and_is_named(
    weed: Seaweed, place: str, changed: dict[str, str | None], words: str
) -> None:
    done = verify(weed, place, **changed)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{place} cannot be listed: {words}")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("s3://counsel/other", "There is nothing at s3://counsel/other."),
        ("s3://", "s3:// names no place of a package: give a folder, a ZIP, or s3://BUCKET/PREFIX."),
        ("s4://counsel/x", "s4://counsel/x names no place of a package: give a folder, a ZIP, or s3://BUCKET/PREFIX."),
    ],
)
def test_where_there_is_none_ends_with_2(weed: Seaweed, place: str, words: str) -> None:
    done = verify(weed, place)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", words)


REFUSED = (
    'Generic S3 error: Error performing GET {url} in 1ms - Server returned non-2xx status code: {status}: <?xml version="1.0"?>\n'
    "<Error><Code>{code}</Code></Error>\n\nDebug source:\nGeneric {{"
)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "AccessDenied", "these credentials may not, they need to list the bucket and to read its objects"),
        (403, "ExpiredToken", "the server does not know these credentials"),
        (403, "RequestTimeTooSkewed", "this machine's clock and the server's differ too much, set the clock"),
        (301, "PermanentRedirect", "the bucket is in another region or at another server"),
        (503, "SlowDown", "Generic S3 error: Error performing GET"),
    ],
)
def test_each_refusal_is_one_sentence(status: int, code: str, words: str) -> None:
    error = OSError(REFUSED.format(url="https://s3.example", status=status, code=code))
    told = tell_refusal(PLACE, SOUND, error)
    assert told.startswith(f"{SOUND} in {PLACE} cannot be read: {words}")
    assert told.endswith(f"({code} {status}).")
    assert "\n" not in told


def test_without_credentials_it_is_said() -> None:
    asked = "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token in 1ms - HTTP error\n\nDebug source:"
    told = tell_refusal(PLACE, "", OSError(asked))
    assert told.startswith(f"{PLACE} cannot be listed: the environment has no credentials, set AWS_ACCESS_KEY_ID and")
