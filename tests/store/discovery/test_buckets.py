"""Exports to a bucket of a real S3 server: conditional PUTs, custody headers, Object Lock, and what such a server refuses."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.seaweed import KEY, SECRET, Seaweed, seaweed
from tests.store.discovery.legal import Legal

from shiftline.discovery.exports.destinations import buckets
from shiftline.discovery.exports.model import ExportState, LockMode, Place, Status
from shiftline.discovery.verification.readers import BucketReader
from shiftline.foundation.clock import Clock


@pytest.fixture(scope="module")
def weed() -> Iterator[Seaweed]:
    with seaweed() as running:
        running.bucket("exports")
        running.bucket("locked", lock=True)
        yield running


@pytest.fixture
def bucket(legal: Legal, weed: Seaweed) -> Legal:
    return legal.placed(bucket="s3://exports/legal", endpoint=weed.endpoint, key_id=KEY, secret=SECRET)


def reader_of(legal: Legal, weed: Seaweed, export: ExportState, name: str = "exports/legal") -> BucketReader:
    from obstore.store import S3Store

    place, _, prefix = name.partition("/")
    store = S3Store(
        place,
        prefix=f"{prefix}/org-1/{export.destination.name}",
        config={
            "endpoint": weed.endpoint,
            "access_key_id": KEY,
            "secret_access_key": SECRET,
            "region": "us-east-1",
            "virtual_hosted_style_request": False,
        },  # type: ignore[arg-type]
        client_options={"allow_http": True},
    )
    return BucketReader(f"s3://{name}/{export.destination.name}", store)


def listed(weed: Seaweed, bucket: str, prefix: str) -> dict[str, int]:
    """How many versions each key below a prefix has."""
    found: dict[str, int] = {}
    for page in weed.client().get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            found[each["Key"].removeprefix(prefix)] = found.get(each["Key"].removeprefix(prefix), 0) + 1
    return found


async def test_a_bucket_gets_each_object_once_with_its_custody(bucket: Legal, weed: Seaweed) -> None:
    await bucket.calls(3)
    export = await bucket.sealed(name="custody", place=Place.S3)
    report = bucket.verify(export, reader_of(bucket, weed, export))
    assert report.holds, report.sentence
    assert report.root == export.root
    assert report.files == export.total_objects
    previous = "0" * 64
    for planned, stored, _ in await bucket.log(export):
        found = weed.client().head_object(Bucket="exports", Key=f"legal/org-1/custody/{planned.path}")
        assert found["Metadata"] == {
            "matter": "Doe v. Example: %C5%81%C3%B3d%C5%BA",
            "job": export.id,
            "sha-256": stored.sha256,
            "sequence": str(planned.sequence),
            "previous-sha-256": previous,
            "operator": "admin-1",
        }
        previous = stored.sha256
        assert (stored.attempts, stored.conflicts, stored.refusals) == (1, 0, ())


async def test_object_lock_keeps_what_was_stored(bucket: Legal, weed: Seaweed) -> None:
    await bucket.calls(1)
    legal = bucket.placed(bucket="s3://locked/legal")
    until = datetime.now(UTC) + timedelta(minutes=3)
    locks = {"lock_mode": LockMode.COMPLIANCE, "retain_until": until, "legal_hold": True}
    legal.room.clock.set(Clock().now())
    export = await legal.sealed(name="held", place=Place.S3, locks=locks)
    versions = listed(weed, "locked", "legal/org-1/held/")
    assert len(versions) == export.total_objects
    assert set(versions.values()) == {1}
    client = weed.client()
    for each in client.list_object_versions(Bucket="locked", Prefix="legal/org-1/held/")["Versions"]:
        head = client.head_object(Bucket="locked", Key=each["Key"])
        assert (head["ObjectLockMode"], head["ObjectLockLegalHoldStatus"]) == ("COMPLIANCE", "ON")
        with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
            client.delete_object(Bucket="locked", Key=each["Key"], VersionId=each["VersionId"])


async def test_a_lock_that_is_not_honoured_is_not_sealed(bucket: Legal) -> None:
    await bucket.calls(1)
    bucket.room.clock.set(Clock().now())
    until = datetime.now(UTC) + timedelta(minutes=3)
    locks = {"lock_mode": LockMode.GOVERNANCE, "retain_until": until}
    export = await bucket.run(await bucket.create("none", Place.S3, locks=locks))
    assert export.status is Status.FAILED
    assert export.problem is not None
    assert export.problem.code == "export.destination.lock"
    assert "does not honour Object Lock: the bucket was made without Object Lock" in export.problem.sentence
    assert "The export is not sealed" in export.problem.sentence


@pytest.mark.parametrize(
    ("forgets", "words"), [("", "could be removed all the same"), ("/data/", "and the server says None until None")]
)
async def test_a_server_that_forgets_locks_is_found(
    bucket: Legal, monkeypatch: pytest.MonkeyPatch, forgets: str, words: str
) -> None:
    """Between us and a real server something drops what is said of locks: of everything, or of the package alone."""
    await bucket.calls(1)
    bucket.room.clock.set(Clock().now())
    inner: Any = buckets.boto3.client

    def drop(params: Any, **_: Any) -> None:
        if forgets in params["url_path"]:
            for name in [name for name in params["headers"] if name.lower().startswith("x-amz-object-lock")]:
                del params["headers"][name]

    def client(*arguments: Any, **more: Any) -> Any:
        made = inner(*arguments, **more)
        made.meta.events.register("before-call.s3.PutObject", drop)
        return made

    monkeypatch.setattr(buckets.boto3, "client", client)
    locks = {"lock_mode": LockMode.GOVERNANCE, "retain_until": datetime.now(UTC) + timedelta(minutes=3)}
    legal = bucket.placed(bucket="s3://locked/legal")
    export = await legal.run(await legal.create(f"forgets{len(forgets)}", Place.S3, locks=locks))
    assert export.status is Status.FAILED
    assert export.problem is not None
    assert export.problem.code == "export.destination.lock"
    assert words in export.problem.sentence


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"key_id": "nobody"}, "credentials", "SHIFTLINE_EXPORT_S3_KEY_ID"),
        ({"secret": "wrong"}, "credentials", "SHIFTLINE_EXPORT_S3_SECRET"),
        ({"bucket": "s3://nowhere/legal"}, "missing", "SHIFTLINE_EXPORT_BUCKET"),
    ],
)
async def test_what_is_set_wrongly_is_named(bucket: Legal, changed: dict[str, str], code: str, words: str) -> None:
    await bucket.calls(1)
    legal = bucket.placed(**changed)
    export = await legal.run(await legal.create(f"wrong-{code}", Place.S3))
    assert export.status is Status.FAILED
    assert export.problem is not None
    assert export.problem.code == f"export.destination.{code}"
    assert words in export.problem.sentence


async def test_clocks_that_differ_are_told(bucket: Legal, monkeypatch: pytest.MonkeyPatch) -> None:
    await bucket.calls(1)
    monkeypatch.setattr(buckets, "Clock", lambda: Clock(timedelta(minutes=9)))
    export = await bucket.run(await bucket.create("skewed", Place.S3))
    assert export.problem is not None
    assert export.problem.code == "export.destination.clock"
    assert "differ too much" in export.problem.sentence


async def test_an_object_of_somebody_else_is_never_overwritten(bucket: Legal, weed: Seaweed) -> None:
    await bucket.calls(2)
    first = await bucket.run(await bucket.create("taken", Place.S3), run=99)
    assert first.status is Status.RUNNING  # a run that is not its own does nothing
    key = "legal/org-1/taken/data/export.json"
    weed.client().put_object(Bucket="exports", Key=key, Body=b"{}")
    export = await bucket.run(first)
    assert export.status is Status.FAILED
    assert export.problem is not None
    assert export.problem.code == "export.object.differs"
    assert "data/export.json" in export.problem.sentence
    assert weed.client().get_object(Bucket="exports", Key=key)["Body"].read() == b"{}"
    (refused,) = await bucket.log(export, refused_only=True)
    assert refused[0].path == "data/export.json"
    assert "other bytes" in refused[1].refusals[0]


async def test_the_server_dies_in_the_middle(bucket: Legal, weed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    await bucket.calls(12)
    export = await bucket.create("killed", Place.S3)
    inner, count = buckets.BucketStore.create, 0

    async def create(self: Any, planned: Any, content: Any, custody: Any) -> bool:
        nonlocal count
        count += 1
        if count == 20:
            weed.kill()
            asyncio.get_running_loop().call_later(0.5, lambda: asyncio.ensure_future(asyncio.to_thread(weed.start)))
        return await inner(self, planned, content, custody)

    monkeypatch.setattr(buckets.BucketStore, "create", create)
    sealed = await bucket.run(export)
    if sealed.status is Status.FAILED:  # it took longer than we try: as somebody resumes it
        from shiftline.discovery.exports.operations import asking

        await asking.resume_export(bucket.admin, export.id)
        sealed = await bucket.run(export)
    assert sealed.status is Status.SEALED, sealed.problem
    there = listed(weed, "exports", "legal/org-1/killed/")
    assert len(there) == sealed.total_objects
    assert set(there.values()) == {1}
    report = bucket.verify(sealed, reader_of(bucket, weed, sealed))
    assert report.holds, report.sentence
    refused = await bucket.log(sealed, refused_only=True)
    assert refused
    assert all(stored.attempts > 1 or stored.conflicts for _, stored, _ in refused)
