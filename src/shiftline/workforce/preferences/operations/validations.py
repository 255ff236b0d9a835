"""What validations of unavailable times said is kept for a day, for the agent who asked."""

from collections.abc import Mapping
from typing import Any

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.preferences import store
from shiftline.workforce.preferences.errors import ValidationNotFound

SUBMIT = "wfm:agentUnavailableTimes:submit"


async def keep_validation(context: Context, validation_id: str, body: Mapping[str, Any]) -> None:
    """Keep what the caller was told."""
    require(context, SUBMIT)
    async with context.transaction() as tx:
        await store.insert_validation(tx, own_person_id(context), validation_id, body)


async def get_validation(context: Context, validation_id: str) -> Mapping[str, Any]:
    """What the caller was told. Raises ValidationNotFound."""
    require(context, SUBMIT)
    person_id = own_person_id(context)
    async with context.reader() as reader:
        body = await store.find_validation(reader, context.organization_id, person_id, validation_id)
    if body is None:
        raise ValidationNotFound(validation_id)
    return body


async def forget_validations(context: Context) -> None:
    """Drop what was kept for more than a day."""
    async with context.transaction() as tx:
        await store.forget_validations(tx)
