"""A package in a bucket of S3: conditional PUTs, checked by the server; locks, holds and versions where they are asked for.

obstore carries the bulk. boto3 does what obstore cannot: locks and holds on a PUT, versions, and what only a header says.
"""

import asyncio
import base64
import contextlib
import tempfile
from collections.abc import AsyncIterator, Generator, Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import IO, Any, cast
from urllib.parse import urlsplit

import boto3
import obstore
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from shiftline.discovery.exports.destinations.placing import (
    BUCKET_SETTING,
    ENDPOINT_SETTING,
    KEY_SETTING,
    SECRET_SETTING,
    Listed,
    Places,
)
from shiftline.discovery.exports.errors import DestinationRefused, DestinationUnavailable
from shiftline.discovery.exports.model import Destination, ExportState, PlannedObject
from shiftline.foundation.clock import Clock

_PIECE = 1024 * 1024
_IN_MEMORY = 192 * 1024 * 1024
"""A larger object goes through a file that has no name."""
_LARGEST = 5 * 1024**3
"""Source: Amazon S3's limit of one PUT."""
_SKEW = timedelta(minutes=5)
_PROBED = timedelta(minutes=1)
_THERE = {"PreconditionFailed", "412", "ConditionalRequestConflict"}
_CREDENTIALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "AuthorizationHeaderMalformed",
}
_MISSING = {"NoSuchBucket", "404"}


class BucketStore:
    """Objects below a prefix. Versions are looked at where the bucket keeps them."""

    in_order = False
    reads_back = False

    def __init__(self, store: S3Store, client: Any, place: tuple[str, str, str], destination: Destination) -> None:
        self._store = store
        self._client = client
        self._bucket, self._prefix, self._url = place
        self._destination = destination
        self._versioned = False

    @property
    def name(self) -> str:
        """The bucket and prefix."""
        return self._url

    async def create(self, planned: PlannedObject, content: AsyncIterator[bytes], custody: Mapping[str, str]) -> bool:
        """PUT an object that must not be there; the server compares its SHA-256."""
        if planned.size > _LARGEST:
            raise DestinationRefused(
                "large", f"{planned.path} has {planned.size} bytes, and S3 takes 5 GiB at once: choose a folder or ZIP."
            )
        if self._destination.locks:
            return await self._create_locked(planned, content, custody)
        if planned.size > _IN_MEMORY:
            return await self._create_by_file(planned, content, custody, {})
        whole = b"".join([chunk async for chunk in content])
        attributes: Any = {"Content-Type": planned.media_type, **custody}
        with self._telling():
            try:
                await obstore.put_async(
                    self._store, planned.path, whole, mode="create", use_multipart=False, attributes=attributes
                )
            except AlreadyExistsError:
                return False
        return True

    async def _create_locked(
        self, planned: PlannedObject, content: AsyncIterator[bytes], custody: Mapping[str, str]
    ) -> bool:
        """PUT an object with its lock, and look whether the server keeps it so."""
        destination = self._destination
        lock: dict[str, Any] = {}
        if destination.lock_mode is not None:
            lock = {
                "ObjectLockMode": destination.lock_mode.value,
                "ObjectLockRetainUntilDate": destination.retain_until,
            }
        if destination.legal_hold:
            lock["ObjectLockLegalHoldStatus"] = "ON"
        created = await self._create_by_file(planned, content, custody, lock)
        await self._check_lock(planned.path)
        return created

    async def _create_by_file(
        self, planned: PlannedObject, content: AsyncIterator[bytes], custody: Mapping[str, str], more: Mapping[str, Any]
    ) -> bool:
        with tempfile.SpooledTemporaryFile(4 * 1024 * 1024) as file:
            async for chunk in content:
                await asyncio.to_thread(file.write, chunk)
            file.seek(0)
            return await asyncio.to_thread(self._put, planned, cast("IO[bytes]", file), custody, more)

    def _put(
        self, planned: PlannedObject, file: IO[bytes], custody: Mapping[str, str], more: Mapping[str, Any]
    ) -> bool:
        checksum = base64.b64encode(bytes.fromhex(planned.sha256)).decode()
        with self._telling():
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._key(planned.path),
                    Body=file,
                    ContentLength=planned.size,
                    ContentType=planned.media_type,
                    ChecksumSHA256=checksum,
                    Metadata=dict(custody),
                    IfNoneMatch="*",
                    **more,
                )
            except ClientError as error:
                if _code(error) in _THERE:
                    return False
                raise
        return True

    async def _check_lock(self, path: str) -> None:
        """Whether an object is locked as was asked. Raises DestinationRefused."""
        with self._telling():
            found = await asyncio.to_thread(self._client.head_object, Bucket=self._bucket, Key=self._key(path))
        destination = self._destination
        mode, until = found.get("ObjectLockMode"), found.get("ObjectLockRetainUntilDate")
        wanted = destination.retain_until
        if wanted is not None and (
            mode != destination.lock_mode or until is None or until < wanted.replace(microsecond=0)
        ):
            raise _unhonoured(
                self._url,
                f"{path} was to be kept {destination.lock_mode} until {wanted.isoformat()}, and the server says {mode} until "
                f"{until}",
            )
        if destination.legal_hold and found.get("ObjectLockLegalHoldStatus") != "ON":
            raise _unhonoured(self._url, f"{path} was to be under legal hold, and the server says it is not")

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """An object's bytes."""
        with self._telling(path):
            result = await obstore.get_async(self._store, path)
            if result.meta["size"] <= _PIECE:  # most are: one step instead of several
                yield bytes(await result.bytes_async())
                return
            async for chunk in result.stream(min_chunk_size=_PIECE):
                yield bytes(chunk)

    async def listing(self) -> AsyncIterator[Listed]:
        """All objects, with how many versions each has."""
        operation = "list_object_versions" if self._versioned else "list_objects_v2"
        pages = iter(self._client.get_paginator(operation).paginate(Bucket=self._bucket, Prefix=f"{self._prefix}/"))
        pending: Listed | None = None
        while True:
            with self._telling():
                page = await asyncio.to_thread(next, pages, None)
            if page is None:
                break
            for each in self._listed(page):
                if pending is not None and pending.path == each.path:
                    each = Listed(each.path, pending.size, pending.versions + 1)  # noqa: PLW2901 - one more version
                elif pending is not None:
                    yield pending
                pending = each
        if pending is not None:
            yield pending

    def _listed(self, page: Mapping[str, Any]) -> list[Listed]:
        if not self._versioned:
            return [Listed(self._path(each["Key"]), each["Size"]) for each in page.get("Contents", ())]
        versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        found = [Listed(self._path(each["Key"]), each.get("Size", 0)) for each in versions]
        return sorted(found, key=lambda each: each.path.encode())

    async def finish(self) -> None:
        """Objects have had their names from the first."""

    async def close(self) -> None:
        """Let go of the connections."""
        await asyncio.to_thread(self._client.close)

    async def check(self) -> None:
        """Whether the bucket is there, opens to our key, agrees about the time, and keeps locks. Raises DestinationRefused."""
        with self._telling():
            answer = await asyncio.to_thread(self._client.list_objects_v2, Bucket=self._bucket, MaxKeys=1)
            _check_clock(self._url, answer)
            versioning = await asyncio.to_thread(self._client.get_bucket_versioning, Bucket=self._bucket)
        self._versioned = versioning.get("Status") in {"Enabled", "Suspended"}
        if self._destination.locks:
            await asyncio.to_thread(self._check_locking)

    def _check_locking(self) -> None:
        """Store a small object beside the package under a lock of a minute, and try to remove it."""
        try:
            found = self._client.get_object_lock_configuration(Bucket=self._bucket)
        except ClientError as error:
            raise _unhonoured(self._url, f"the bucket was made without Object Lock ({_code(error)})") from error
        if found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
            raise _unhonoured(self._url, "the bucket was made without Object Lock")
        key = f"{self._prefix}.lock-probe"
        mode = "GOVERNANCE" if self._destination.lock_mode is None else self._destination.lock_mode.value
        until = Clock().now() + _PROBED
        with self._telling():
            put = self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=b"Whether this server keeps what is locked.\n",
                ObjectLockMode=mode,
                ObjectLockRetainUntilDate=until,
            )
        version = put.get("VersionId")
        if version is None:
            raise _unhonoured(self._url, "an object that was stored under a lock got no version")
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)
        except ClientError:
            return
        raise _unhonoured(self._url, "an object under a lock could be removed all the same")

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{path}"

    def _path(self, key: str) -> str:
        return key.removeprefix(f"{self._prefix}/")

    @contextlib.contextmanager
    def _telling(self, path: str | None = None) -> Generator[None]:
        """Say in a sentence what a server refuses."""
        try:
            yield
        except FileNotFoundError as error:
            if path is not None:
                raise DestinationUnavailable(f"{path} is not at {self._url}.") from error
            raise _refusal(self._url, "NoSuchBucket", str(error)) from error
        except ClientError as error:
            raise _refusal(self._url, _code(error), str(error)) from error
        except (BaseError, PermissionError) as error:
            raise _refusal(self._url, _code_in(str(error)), str(error)) from error
        except (BotoCoreError, OSError) as error:
            raise DestinationUnavailable(f"{self._url} does not answer: {_short(error)}.") from error


async def open_bucket(export: ExportState, places: Places) -> BucketStore:
    """The bucket of an export, looked at. Raises DestinationRefused, DestinationUnavailable."""
    destination = export.destination
    url = destination.own or f"{places.bucket.rstrip('/')}/{export.organization_id}/{destination.name}"
    parts = urlsplit(url)
    bucket, prefix = parts.netloc, parts.path.strip("/")
    if parts.scheme != "s3" or not bucket or not prefix:
        raise DestinationRefused("url", f"{url} is no URL such as s3://BUCKET/PREFIX ({BUCKET_SETTING}).")
    if not places.key_id or not places.secret:
        raise DestinationRefused(
            "credentials", f"There are no credentials for {url}: set {KEY_SETTING} and {SECRET_SETTING}."
        )
    # The host is kept where one is named: a server of one's own seldom has a name for each bucket.
    own: Any = {"endpoint": places.endpoint, "virtual_hosted_style_request": False} if places.endpoint else {}
    config: Any = {
        "access_key_id": places.key_id,
        "secret_access_key": places.secret,
        "region": places.region or "us-east-1",
        "checksum_algorithm": "SHA256",
        "conditional_put": "etag",
        **own,
    }
    store = S3Store(
        bucket,
        prefix=prefix,
        config=config,
        client_options={"allow_http": places.endpoint.startswith("http://"), "timeout": timedelta(seconds=120)},
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=20)},
    )
    client: Any = boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "s3",
        endpoint_url=places.endpoint or None,
        aws_access_key_id=places.key_id,
        aws_secret_access_key=places.secret,
        region_name=places.region or "us-east-1",
        config=Config(
            retries={"max_attempts": 2, "mode": "standard"},
            max_pool_connections=32,
            connect_timeout=5,
            read_timeout=120,
            s3={"addressing_style": "path" if places.endpoint else "auto"},
        ),
    )
    found = BucketStore(store, client, (bucket, prefix, url), destination)
    await found.check()
    return found


def _check_clock(url: str, answer: Mapping[str, Any]) -> None:
    """Whether the server's clock is ours: retention and signatures stand on it."""
    told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if told is None:
        return
    here, there = Clock().now(), parsedate_to_datetime(told).astimezone(UTC)
    if abs(here - there) > _SKEW:
        raise _skewed(url, f"it is {there:%Y-%m-%d %H:%M:%S} UTC there and {here:%Y-%m-%d %H:%M:%S} UTC here")


def _skewed(url: str, told: str) -> DestinationRefused:
    return DestinationRefused(
        "clock",
        f"The clocks of this machine and of {url} differ too much ({told}): set both by NTP, then resume the export.",
    )


def _unhonoured(url: str, told: str) -> DestinationRefused:
    return DestinationRefused(
        "lock",
        f"{url} does not honour Object Lock: {told}. The export is not sealed. Name a bucket that was made with Object Lock "
        f"({BUCKET_SETTING}), or ask for an export without a lock.",
    )


def _refusal(url: str, code: str, told: str) -> DestinationRefused | DestinationUnavailable:
    if code in _MISSING:
        return DestinationRefused(
            "missing", f"The bucket of {url} is not there: make it, or name another one ({BUCKET_SETTING})."
        )
    if code in _CREDENTIALS:
        return DestinationRefused(
            "credentials",
            f"{url} does not take our credentials ({code}): set {KEY_SETTING} and {SECRET_SETTING} to a key of that server.",
        )
    if code in {"AccessDenied", "403", "AllAccessDisabled"}:
        return DestinationRefused(
            "denied",
            f"{url} does not let our key do this ({code}): allow the key of {KEY_SETTING} to list, get and put objects "
            "there, and to lock them where a lock is wanted.",
        )
    if code == "RequestTimeTooSkewed":
        return _skewed(url, code)
    if code in {"XMinioStorageFull", "InsufficientStorage", "507", "QuotaExceeded"}:
        return DestinationRefused("full", f"{url} has no room left ({code}): make room there, then resume the export.")
    return DestinationUnavailable(f"{url} refuses for now ({code or 'no code'}; {ENDPOINT_SETTING}): {_short(told)}.")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _code_in(told: str) -> str:
    known = (
        "NoSuchBucket",
        "AccessDenied",
        "RequestTimeTooSkewed",
        "InsufficientStorage",
        "QuotaExceeded",
        *_CREDENTIALS,
    )
    return next((each for each in known if each in told), "")


def _short(told: object) -> str:
    return " ".join(str(told).split())[:300].rstrip(".")
