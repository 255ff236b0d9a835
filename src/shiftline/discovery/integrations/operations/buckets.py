"""A bucket as recordings are stored into it: by what stores legal exports, with refusals that name an integration's fields."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Generator, Mapping
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError
from obstore.store import S3Store

from shiftline.discovery.exports.destinations.buckets import BucketStore
from shiftline.discovery.exports.errors import DestinationRefused, DestinationUnavailable
from shiftline.discovery.exports.model import Destination, LockMode, Phase, PlannedObject
from shiftline.discovery.exports.model import Place as Kind
from shiftline.discovery.integrations.errors import BucketRefuses, BucketUnreachable
from shiftline.discovery.integrations.model import AccessKey, Place

AMAZON = "Amazon S3"
_PATIENCE = timedelta(seconds=20)


class Bucket:
    """The objects of a bucket below a folder of it. ``now``: real time from which on what is stored is locked, where
    that is wanted.
    """

    def __init__(self, place: Place, access: AccessKey, folder: str, now: datetime) -> None:
        self.place = place
        prefix = "/".join(each for each in (place.prefix, folder) if each)
        store = S3Store(
            place.bucket,
            prefix=prefix,
            config=_config(place, access),
            client_options={
                "allow_http": True,
                "timeout": timedelta(seconds=120),
                "connect_timeout": timedelta(seconds=5),
            },
            retry_config={"max_retries": 1, "retry_timeout": _PATIENCE},
        )
        url = f"s3://{place.bucket}/{prefix} at {place.endpoint or f'{AMAZON} ({place.region})'}"
        self._prefix, self._client = prefix, _client(place, access)
        self._store = BucketStore(store, self._client, (place.bucket, prefix, url), _destination(place, now))

    def key(self, path: str) -> str:
        """Where something lies in the bucket."""
        return f"{self._prefix}/{path}"

    async def check(self) -> None:
        """See that the bucket is there, opens, agrees about the time and keeps locks. Raises as ``put_new``."""
        with self._telling():
            await self._store.check()

    async def put_new(self, path: str, content: bytes, media_type: str, notes: Mapping[str, str]) -> bool:
        """Store an object that is not there, ``notes`` as its ``x-amz-meta-``; False: something is there already.

        Raises BucketRefuses, BucketUnreachable.
        """
        planned = PlannedObject(
            sequence=0,
            path=path,
            phase=Phase.PAYLOAD,
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            previous="",
        )
        with self._telling():
            return await self._store.create(planned, _stream(content), notes)

    async def read(self, path: str) -> bytes | None:
        """An object's content, None when there is none. Raises as ``put_new``."""
        chunks: list[bytes] = []
        with self._telling():
            try:
                async for chunk in self._store.read(path):
                    chunks.append(chunk)  # noqa: PERF401 - an error in the middle is caught here
            except DestinationUnavailable as error:
                if isinstance(error.__cause__, FileNotFoundError):
                    return None
                raise
        return b"".join(chunks)

    async def remove(self, path: str) -> None:
        """Remove an object, if we may."""
        with contextlib.suppress(BotoCoreError, ClientError):
            await asyncio.to_thread(self._client.delete_object, Bucket=self.place.bucket, Key=self.key(path))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._store.close()

    @contextlib.contextmanager
    def _telling(self) -> Generator[None]:
        try:
            yield
        except DestinationRefused as error:
            reason = error.code.rpartition(".")[2]
            raise BucketRefuses(reason, _sentence(self.place, reason, error.message)) from error
        except DestinationUnavailable as error:
            raise BucketUnreachable(self.place.bucket, self.place.endpoint or AMAZON, error.message) from error


def _config(place: Place, access: AccessKey) -> Any:
    own: dict[str, Any] = {"endpoint": place.endpoint, "virtual_hosted_style_request": False} if place.endpoint else {}
    return {
        "access_key_id": access.id,
        "secret_access_key": access.secret,
        "region": place.region,
        "checksum_algorithm": "SHA256",
        "conditional_put": "etag",
        **own,
    }


def _client(place: Place, access: AccessKey) -> Any:
    client: Any = boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "s3",
        endpoint_url=place.endpoint,
        aws_access_key_id=access.id,
        aws_secret_access_key=access.secret,
        region_name=place.region,
        config=Config(
            retries={"max_attempts": 2, "mode": "standard"},
            connect_timeout=5,
            read_timeout=120,
            s3={"addressing_style": "path" if place.endpoint else "auto"},
        ),
    )
    return client


def _destination(place: Place, now: datetime) -> Destination:
    lock = place.lock
    return Destination(
        place=Kind.S3,
        name=place.bucket,
        lock_mode=None if lock is None else LockMode(lock.mode.value),
        retain_until=None if lock is None else now + timedelta(days=lock.days),
    )


async def _stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _sentence(place: Place, reason: str, told: str) -> str:
    """What to tell of a refusal, by the fields of the configuration; what is not known is told as the server did."""
    names = {"bucket": place.bucket, "region": place.region, "where": place.endpoint or f"{AMAZON} ({place.region})"}
    return _SENTENCES.get(reason, told.replace("{", "{{").replace("}", "}}")).format(**names)


_SENTENCES: Mapping[str, str] = {
    "missing": "The bucket {bucket!r} (properties.bucket) does not exist at {where}. Create it, or name another.",
    "credentials": (
        "{where} does not take the access key (credentialFields.accessKeyId, credentialFields.secretAccessKey), or the bucket is in "
        "another region than {region} (properties.region). Store the credential anew."
    ),
    "denied": (
        "The access key may not do that in the bucket {bucket!r} at {where}. It needs s3:ListBucket, s3:GetBucketVersioning, "
        "s3:GetObject and s3:PutObject, and s3:PutObjectRetention where objects are locked."
    ),
    "full": "{where} has no room left for the bucket {bucket!r}. Make some.",
    "clock": "The clocks of this machine and of {where} differ too much. Set both by NTP.",
    "lock": (
        "{where} does not honour Object Lock in the bucket {bucket!r} (properties.objectLockMode). Name a bucket that was made with "
        "Object Lock, or leave objectLockMode and objectLockDays out."
    ),
}
