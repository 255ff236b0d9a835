"""A bucket as recordings are stored into it: what is there is never overwritten, and each refusal is a sentence."""

import contextlib
import re
from collections.abc import Generator, Mapping
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from shiftline.discovery.integrations.errors import BucketRefuses, BucketUnreachable
from shiftline.discovery.integrations.model import AccessKey, Place

_CODE = re.compile(r"<Code>(\w+)</Code>")
_TRIES = 2
_PATIENCE = timedelta(seconds=20)


class Bucket:
    """The objects of a bucket, below the place's prefix."""

    def __init__(self, place: Place, access: AccessKey) -> None:
        self.place = place
        more: dict[str, Any] = {} if place.endpoint is None else {"endpoint": place.endpoint}
        self._store = S3Store(
            place.bucket,
            region=place.region,
            access_key_id=access.id,
            secret_access_key=access.secret,
            # Names of buckets are names of hosts at Amazon's only.
            virtual_hosted_style_request=place.endpoint is None,
            checksum_algorithm="SHA256",
            client_options={"allow_http": True, "connect_timeout": "5s", "timeout": "60s"},
            retry_config={"max_retries": _TRIES, "retry_timeout": _PATIENCE},
            **more,
        )

    def key(self, name: str) -> str:
        """Where something of a name lies in the bucket."""
        return f"{self.place.prefix}/{name}" if self.place.prefix else name

    async def put_new(self, key: str, content: bytes, media_type: str, notes: Mapping[str, str]) -> bool:
        """Store an object that is not there, ``notes`` as its ``x-amz-meta-``; False: something is there already.

        Raises BucketRefuses, BucketUnreachable.
        """
        attributes: dict[str, str] = {"Content-Type": media_type, **notes}
        with self._reaching():
            try:
                await obstore.put_async(
                    self._store, key, content, mode="create", attributes=attributes, use_multipart=False
                )
            except (AlreadyExistsError, PreconditionError):
                return False
        return True

    async def read(self, key: str) -> bytes | None:
        """An object's content, None when there is none. Raises BucketRefuses, BucketUnreachable."""
        with self._reaching():
            try:
                return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
            except FileNotFoundError as error:
                if _code_of(error) == "NoSuchBucket":
                    raise
        return None

    async def delete(self, key: str) -> None:
        """Remove an object. Raises BucketRefuses, BucketUnreachable."""
        with self._reaching():
            await obstore.delete_async(self._store, key)

    async def look(self) -> None:
        """See that the bucket is there and may be listed. Raises BucketRefuses, BucketUnreachable."""
        with self._reaching():
            async for _ in obstore.list(self._store, prefix=self.place.prefix or None, chunk_size=1):
                break

    @contextlib.contextmanager
    def _reaching(self) -> Generator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            raise _refusal(self.place, error) from error


def _refusal(place: Place, error: Exception) -> BucketRefuses | BucketUnreachable:
    """What to tell of an error; whatever is not known to last may go by itself."""
    code = _code_of(error)
    where = place.endpoint or f"Amazon S3 ({place.region})"
    sentence = _SENTENCES.get(code or "")
    if sentence is None and isinstance(error, FileNotFoundError):
        sentence = _SENTENCES["NoSuchBucket"]
    if sentence is None and isinstance(error, PermissionDeniedError | UnauthenticatedError | PermissionError):
        sentence = _SENTENCES["AccessDenied"]
    if sentence is not None:
        return BucketRefuses(
            code or "AccessDenied", sentence.format(bucket=place.bucket, where=where, region=place.region)
        )
    return BucketUnreachable(place.bucket, where, code)


def _code_of(error: Exception) -> str | None:
    found = _CODE.search(str(error))
    return None if found is None else found[1]


_SENTENCES: Mapping[str, str] = {
    "NoSuchBucket": "The bucket {bucket!r} (properties.bucket) does not exist at {where}. Create it, or name another.",
    "InvalidAccessKeyId": "{where} does not know the access key (credentialFields.accessKeyId). Store the credential anew.",
    "SignatureDoesNotMatch": (
        "{where} says that the secret is not that of the access key (credentialFields.secretAccessKey). Store the credential anew."
    ),
    "AccessDenied": (
        "The access key may not do that in the bucket {bucket!r} at {where}. It needs s3:ListBucket, s3:GetObject and s3:PutObject."
    ),
    "RequestTimeTooSkewed": "This machine's clock and that of {where} differ by minutes. Set the clock, by NTP for instance.",
    "AuthorizationHeaderMalformed": "The bucket {bucket!r} is not in the region {region!r} (properties.region). Name its own.",
    "PermanentRedirect": "The bucket {bucket!r} is not in the region {region!r} (properties.region). Name its own.",
    "InsufficientStorage": "{where} has no space left for the bucket {bucket!r}. Make some.",
    "XMinioStorageFull": "{where} has no space left for the bucket {bucket!r}. Make some.",
    "QuotaExceeded": "The bucket {bucket!r} at {where} is full up to its quota. Make some space.",
}
