"""Why recordings may be heard: an organization's codes, and whether a recording's policy asks for one."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.recordings.control import store
from shiftline.recordings.control.errors import ReasonMissing, ReasonsInvalid
from shiftline.recordings.control.model import USUAL_REASONS, AccessReason, Channel, Scope
from shiftline.recordings.control.rules import choose_policy
from shiftline.recordings.events import AccessReasonsChanged
from shiftline.recordings.model import Recording
from shiftline.recordings.operations.policies import EDIT
from shiftline.recordings.operations.reading import VIEW

MOST = 100
_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")


async def list_reasons(context: Context) -> tuple[AccessReason, ...]:
    """The reasons for which recordings may be heard. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await find_reasons(reader, context.organization_id)


async def find_reasons(reader: Reader, organization_id: str) -> tuple[AccessReason, ...]:
    """An organization's reasons; the usual ones where it never set its own."""
    return await store.list_reasons(reader, organization_id) or USUAL_REASONS


async def set_reasons(context: Context, reasons: Sequence[AccessReason]) -> tuple[AccessReason, ...]:
    """The reasons from now on; what was given before stays where it stands. Raises ReasonsInvalid, PermissionMissing."""
    require(context, EDIT)
    _check(reasons)
    async with context.transaction() as tx:
        if tuple(reasons) != await find_reasons(tx, context.organization_id):
            await store.set_reasons(tx, reasons)
            tx.record(
                AccessReasonsChanged(
                    organization_id=context.organization_id, codes=tuple(each.code for each in reasons)
                )
            )
        return await find_reasons(tx, context.organization_id)


def _check(reasons: Sequence[AccessReason]) -> None:
    if not 0 < len(reasons) <= MOST:
        raise ReasonsInvalid(
            "entities", f"had {len(reasons)}; 1 to {MOST} are needed, else nobody could hear anything."
        )
    for index, each in enumerate(reasons):
        if not _CODE.fullmatch(each.code):
            sentence = f"was {each.code[:60]!r}; it must be 1 to 50 of a-z, 0-9, dot, dash and underscore, and begin with a letter or digit."
            raise ReasonsInvalid(f"entities[{index}].code", sentence)
        if not each.name.strip():
            raise ReasonsInvalid(f"entities[{index}].name", "is empty; people choose by it.")
    twice = [code for code, number in Counter(each.code for each in reasons).items() if number > 1]
    if twice:
        raise ReasonsInvalid("entities", f"has the code {twice[0]} more than once.")


async def list_guarded(reader: Reader, organization_id: str, found: Sequence[Recording]) -> set[str]:
    """Those of the recordings, by id, whose policy asks why they are heard."""
    policies = await store.find_policies(reader, organization_id)
    return {
        each.id
        for each in found
        if choose_policy(policies, Scope(Channel(each.medium), each.queue_id, each.direction)).terms.reason_required
    }


async def judge_reason(reader: Reader, recording: Recording, given: str | None) -> ReasonMissing | None:
    """What stands against hearing a recording for a reason, or for none; None: nothing."""
    if given is None and not await list_guarded(reader, recording.organization_id, [recording]):
        return None
    codes = _codes(await find_reasons(reader, recording.organization_id))
    return None if given in codes else ReasonMissing(sorted(codes), given)


def _codes(reasons: Sequence[AccessReason]) -> Collection[str]:
    return {each.code for each in reasons}
