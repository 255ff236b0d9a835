"""Balances over HTTP in Shiftline's own way: they are granted, imported, listed and taken out."""

from datetime import date
from typing import Annotated, TypeAlias

from litestar import delete, get, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.workforce.timeoff.model import Days
from shiftline.workforce.timeoff.model.balances import ALWAYS, Grant
from shiftline.workforce.timeoff.operations import balances, granting
from shiftline.workforce.timeoff.wire import grants as wire

GRANTED = f"{wire.OWN}/users/{{user_id:str}}/balances"
OURS = ["Shiftline Time Off"]
StartDate: TypeAlias = Annotated[
    date | None, Parameter(query="startDate", description="The period's first day; left out for one without beginning")
]


@get(GRANTED, operation_id="getShiftlineTimeoffUserBalances", tags=OURS)
async def list_balances(context: Context, user_id: str) -> wire.TimeOffBalances:
    """The balances that are kept for an agent, period by period."""
    return wire.show_balances(await balances.list_balances(context, user_id))


@put(f"{GRANTED}/{{activity_code_id:str}}", operation_id="putShiftlineTimeoffUserBalance", tags=OURS)
async def put_balance(
    context: Context, user_id: str, activity_code_id: str, data: wire.TimeOffBalanceGrant
) -> wire.TimeOffBalance:
    """Grant an agent payable minutes of a kind of time off, for good or in a period; from then on a balance is kept."""
    version = None if data.metadata is None else data.metadata.version
    granted = await granting.grant_balance(context, data.grant(user_id, activity_code_id), version)
    return wire.show_balance(granted)


@delete(f"{GRANTED}/{{activity_code_id:str}}", operation_id="deleteShiftlineTimeoffUserBalance", tags=OURS)
async def delete_balance(context: Context, user_id: str, activity_code_id: str, start_date: StartDate = None) -> None:
    """Take a period of a balance out; after the last one, this kind of time off is not counted any more."""
    period = Days(start_date or ALWAYS.first, ALWAYS.last)
    await granting.remove_balance(context, Grant(user_id, activity_code_id, 0, period))


@post(f"{wire.OWN}/balances/import", operation_id="postShiftlineTimeoffBalancesImport", status_code=200, tags=OURS)
async def import_balances(context: Context, data: wire.TimeOffBalanceImport) -> wire.TimeOffBalanceImported:
    """Grant what thousands of rows say, all or none; every row that cannot be is named with its field."""
    return wire.show_imported(await granting.import_balances(context, data.read()))


ROUTES = [list_balances, put_balance, delete_balance, import_balances]
