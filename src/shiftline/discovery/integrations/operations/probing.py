"""A probe goes to a bucket: it lists, stores, reads back and removes, and says in a sentence what it found."""

from shiftline.discovery.integrations.errors import BucketRefuses, BucketUnreachable
from shiftline.discovery.integrations.model import AccessKey, Place, Verdict
from shiftline.discovery.integrations.operations.buckets import Bucket
from shiftline.foundation.ids import new_id

_CONTENT = b"Whether recordings can be stored here was tried; this may be removed.\n"


async def probe(place: Place, access: AccessKey) -> Verdict:
    """Whether recordings can be stored in a bucket, once and unchanged."""
    bucket = Bucket(place, access)
    try:
        return await _try(bucket)
    except (BucketRefuses, BucketUnreachable) as refusal:
        return Verdict(works=False, sentence=refusal.message)


async def _try(bucket: Bucket) -> Verdict:
    await bucket.look()
    key = bucket.key(f".shiftline-probe/{new_id()}")
    await bucket.put_new(key, _CONTENT, "text/plain", {"probe": "true"})
    if await bucket.read(key) != _CONTENT:
        return _no(bucket, "gives back something else than was stored in it. Nothing may change what is stored there.")
    if await bucket.put_new(key, b"changed", "text/plain", {}):
        return _no(
            bucket, "lets what is there be overwritten, though it was told not to (If-None-Match). Use another server."
        )
    await bucket.delete(key)
    return Verdict(works=True, sentence=f"Recordings can be stored in the bucket {bucket.place.bucket!r}.")


def _no(bucket: Bucket, sentence: str) -> Verdict:
    return Verdict(works=False, sentence=f"The bucket {bucket.place.bucket!r} {sentence}")
