"""Somebody says what is right of an item, and why; it is examined again with that, and leaves quarantine when nothing is open."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.imports import store
from shiftline.imports.errors import ItemNotFound, ItemSettled, NotAcceptable, StillWrong
from shiftline.imports.model import ACCEPTABLE, Item, ItemState, Repair
from shiftline.imports.operations.adopting import adopt_in, evidence_of
from shiftline.imports.operations.reading import EDIT
from shiftline.imports.rules.examining import examine
from shiftline.recordings.operations.adopting import find_known_in


async def repair_item(context: Context, item_id: str, repair: Repair) -> Item:
    """Make a recording of an item by what somebody says of it; the original stays beside it.

    Raises ItemNotFound, ItemSettled, NotAcceptable, StillWrong (with each problem that is left), PermissionMissing.
    """
    require(context, EDIT)
    for rule in repair.accept:
        if rule not in ACCEPTABLE:
            raise NotAcceptable(rule.value, sorted(each.value for each in ACCEPTABLE))
    async with context.transaction() as tx:
        item = await store.lock_item(tx, item_id)
        if item is None:
            raise ItemNotFound(item_id)
        if item.state is not ItemState.WAITING:
            raise ItemSettled(item_id, item.state.value)
        running = await store.find_import(tx, context.organization_id, item.import_id)
        assert running is not None
        known = await store.find_known(tx, context.organization_id, running.zone, running.organization_ids)
        same: Mapping[bytes, Any] = {}
        if item.media_sha256 is not None:
            found = await store.known_media(tx, context.organization_id, [item.media_sha256])
            others = {digest: [each for each in ids if each != item.recording_id] for digest, ids in found.items()}
            same = {digest: ids[0] for digest, ids in others.items() if ids}
        known = replace(known, recording_ids=await find_known_in(tx, [item.recording_id]), media_of=same)
        examined = examine(evidence_of(item), known, repair.corrections, repair.accept)
        if examined.open_problems:
            raise StillWrong(examined.open_problems)
        corrected = replace(item, corrections=dict(repair.corrections))
        accepted = [each.value for each in repair.accept]
        return await adopt_in(tx, corrected, examined, known, reason=repair.reason, accepted=accepted)
