"""Keys of what is in quarantine are wrapped anew, as those of recordings are; no object is touched."""

from shiftline.foundation.context import Actor, Context
from shiftline.imports import store
from shiftline.recordings.keys import Keys

BATCH = 500


async def rewrap_quarantine(context: Context, keys: Keys) -> int:
    """Wrap the key of every item by the newest key-encryption key, of every organization; how many.

    May be repeated. Raises KeysUnavailable, KeyUnknown: nothing of that item and those after it is changed.
    """
    newest, after, done = keys.newest, ("", ""), 0
    while True:
        async with context.reader() as reader:
            others = await store.list_other_keys(reader, newest, after, BATCH)
        for each in others:
            former = bytes(each["wrapped_key"])
            now = keys.wrap(keys.unwrap(former, each["key_id"], each["recording_id"]), each["recording_id"])
            async with context.acting_as(Actor(each["organization_id"], "system")).transaction() as tx:
                done += await store.set_wrapped_key(tx, each["id"], former, (now.key_id, now.wrapped))
        if len(others) < BATCH:
            return done
        after = (others[-1]["organization_id"], others[-1]["id"])
