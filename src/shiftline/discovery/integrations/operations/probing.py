"""A probe goes to a bucket: it looks, locks, stores, reads back and removes, and says in a sentence what it found."""

from dataclasses import replace
from datetime import datetime

from shiftline.discovery.integrations.errors import BucketRefuses, BucketUnreachable
from shiftline.discovery.integrations.model import AccessKey, Place, Verdict
from shiftline.discovery.integrations.operations.buckets import Bucket
from shiftline.foundation.ids import new_id

_FOLDER = ".shiftline-probe"
_CONTENT = b"Whether recordings can be stored here was tried; this may be removed.\n"


async def probe(place: Place, access: AccessKey, now: datetime) -> Verdict:
    """Whether recordings can be stored in a bucket, once and unchanged, and stay locked where that is wanted."""
    # What is stored to see whether it can be is not to be kept for years.
    for each in dict.fromkeys((place, replace(place, lock=None))):
        bucket = Bucket(each, access, _FOLDER, now)
        try:
            await bucket.check()
            problem = None if each.lock is not None else await _try(bucket)
        except (BucketRefuses, BucketUnreachable) as refusal:
            problem = refusal.message
        finally:
            await bucket.close()
        if problem is not None:
            return Verdict(works=False, sentence=problem)
    locked = "" if place.lock is None else f", and stay locked ({place.lock.mode.value}) for {place.lock.days} days"
    return Verdict(works=True, sentence=f"Recordings can be stored in the bucket {place.bucket!r}{locked}.")


async def _try(bucket: Bucket) -> str | None:
    """What is wrong, or None."""
    path, name = new_id(), f"The bucket {bucket.place.bucket!r}"
    await bucket.put_new(path, _CONTENT, "text/plain", {"probe": "true"})
    if await bucket.read(path) != _CONTENT:
        return f"{name} gives back something else than was stored in it. Nothing may change what is stored there."
    if await bucket.put_new(path, b"changed", "text/plain", {}):
        return (
            f"{name} lets what is there be overwritten, though it was told not to (If-None-Match). Use another server."
        )
    await bucket.remove(path)
    return None
