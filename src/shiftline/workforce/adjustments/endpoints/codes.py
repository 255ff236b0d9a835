"""Reason codes and the setting of a business unit."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import commas
from shiftline.workforce.adjustments import wire
from shiftline.workforce.adjustments.operations import codes

BU = f"{wire.ROOT}/businessunits/{{business_unit_id:str}}/adherence/adjustments"
CODES = f"{BU}/reasoncodes"
CODE = f"{CODES}/{{reason_code_id:str}}"
NAME = "WorkforcemanagementBusinessunitAdherenceAdjustmentsReasoncode"
SETTINGS = "WorkforcemanagementBusinessunitAdherenceAdjustmentsSettings"
TAGS = ["Workforce Management"]

Ids = Annotated[str, Parameter(query="ids", max_length=4000)]


@get(CODES, operation_id=f"get{NAME}s", tags=TAGS)
async def get_codes(context: Context, business_unit_id: str) -> wire.AdherenceAdjustmentsReasonCodesListing:
    """A business unit's reason codes, by name."""
    return wire.show_codes(await codes.list_reason_codes(context, business_unit_id))


@post(CODES, operation_id=f"post{NAME}s", status_code=201, tags=TAGS)
async def post_code(
    context: Context, business_unit_id: str, data: wire.CreateAdherenceAdjustmentsReasonCodeRequest
) -> wire.AdherenceAdjustmentsReasonCode:
    """A new reason code."""
    (made,) = await codes.create_reason_codes(context, business_unit_id, wire.drafts_of([data], bulk=False))
    return wire.show_code(made)


@get(f"{CODES}/bulk", operation_id=f"get{NAME}sBulk", tags=TAGS)
async def get_codes_bulk(
    context: Context, business_unit_id: str, ids: Ids
) -> wire.AdherenceAdjustmentsReasonCodesListing:
    """Some reason codes by their ids."""
    return wire.show_codes(await codes.list_reason_codes(context, business_unit_id, list(commas(ids) or ())))


@post(f"{CODES}/bulk", operation_id=f"post{NAME}sBulk", status_code=201, tags=TAGS)
async def post_codes_bulk(
    context: Context, business_unit_id: str, data: wire.CreateAdherenceAdjustmentsReasonCodesBulkRequest
) -> wire.AdherenceAdjustmentsReasonCodesListing:
    """Several new reason codes: all, or none."""
    drafts = wire.drafts_of(data.reason_codes)
    return wire.show_codes(await codes.create_reason_codes(context, business_unit_id, drafts))


@patch(f"{CODES}/bulk", operation_id=f"patch{NAME}sBulk", tags=TAGS)
async def patch_codes_bulk(
    context: Context, business_unit_id: str, data: wire.UpdateAdherenceAdjustmentsReasonCodesBulkRequest
) -> wire.AdherenceAdjustmentsReasonCodesListing:
    """Change several reason codes, each with the version that was read: all, or none."""
    drafts = wire.drafts_of(data.reason_codes, [each.id for each in data.reason_codes])
    return wire.show_codes(await codes.change_reason_codes(context, business_unit_id, drafts))


@delete(f"{CODES}/bulk", operation_id=f"delete{NAME}sBulk", tags=TAGS)
async def delete_codes_bulk(context: Context, business_unit_id: str, ids: Ids) -> None:
    """Take several reason codes out of use: all, or none."""
    await codes.delete_reason_codes(context, business_unit_id, list(commas(ids) or ()))


@get(CODE, operation_id=f"get{NAME}", tags=TAGS)
async def get_code(context: Context, business_unit_id: str, reason_code_id: str) -> wire.AdherenceAdjustmentsReasonCode:
    """One reason code."""
    (found,) = await codes.list_reason_codes(context, business_unit_id, [reason_code_id])
    return wire.show_code(found)


@patch(CODE, operation_id=f"patch{NAME}", tags=TAGS)
async def patch_code(
    context: Context,
    business_unit_id: str,
    reason_code_id: str,
    data: wire.UpdateAdherenceAdjustmentsReasonCodeRequest,
) -> wire.AdherenceAdjustmentsReasonCode:
    """Change a reason code, with the version that was read."""
    drafts = wire.drafts_of([data], [reason_code_id], bulk=False)
    (changed,) = await codes.change_reason_codes(context, business_unit_id, drafts)
    return wire.show_code(changed)


@delete(CODE, operation_id=f"delete{NAME}", tags=TAGS)
async def delete_code(context: Context, business_unit_id: str, reason_code_id: str) -> None:
    """Take a reason code out of use; adjustments keep theirs."""
    await codes.delete_reason_codes(context, business_unit_id, [reason_code_id])


@get(f"{BU}/settings", operation_id=f"get{SETTINGS}", tags=TAGS)
async def get_settings(context: Context, business_unit_id: str) -> wire.BuAdherenceAdjustmentsSettings:
    """How many days back agents of a business unit may adjust."""
    return wire.show_setting(await codes.get_setting(context, business_unit_id))


@patch(f"{BU}/settings", operation_id=f"patch{SETTINGS}", tags=TAGS)
async def patch_settings(
    context: Context, business_unit_id: str, data: wire.UpdateBuAdherenceAdjustmentsSettingsRequest
) -> wire.BuAdherenceAdjustmentsSettings:
    """Say how many days back agents may adjust, with the version that was read (0 before anybody has said it)."""
    version = None if data.metadata is None else data.metadata.version
    changed = await codes.change_setting(context, business_unit_id, data.submission_range_constraint_days, version)
    return wire.show_setting(changed)


ROUTES = [
    get_codes,
    post_code,
    get_codes_bulk,
    post_codes_bulk,
    patch_codes_bulk,
    delete_codes_bulk,
    get_code,
    patch_code,
    delete_code,
    get_settings,
    patch_settings,
]
