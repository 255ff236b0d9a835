"""Job answers: at once (200 or 201), or later when ``forceAsync`` asks so (202): always the one that was asked for."""

from collections.abc import Awaitable
from dataclasses import dataclass

import msgspec
from litestar import Response
from litestar.openapi import ResponseSpec

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Conflict, Invalid, NotFound
from shiftline.foundation.web.errors import answer_for, body_for
from shiftline.workforce.trades.operations.deferred import get_answer, keep_answer
from shiftline.workforce.trades.wire.answers import ShiftTradeJobResponse

ANSWERS = {
    200: ResponseSpec(ShiftTradeJobResponse, description="The result"),
    202: ResponseSpec(ShiftTradeJobResponse, description="The id under which the result is kept"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job: the vendor's word for it, and who may start and fetch it."""

    name: str
    permissions: tuple[str, ...]


async def answer(
    context: Context, kind: Kind, work: Awaitable[tuple[ShiftTradeJobResponse, int]], path: str, *, later: bool
) -> Response[ShiftTradeJobResponse]:
    """The answer of a piece of work with its status; with ``later`` it is kept under ``path``, what was refused too."""
    if not later:
        body, status = await work
        return Response(body, status_code=status)
    kept = await keep_answer(context, kind.name, msgspec.to_builtins(await _outcome(context, kind, work)))
    accepted = ShiftTradeJobResponse(status="Processing", type=kind.name, id=kept.id, self_uri=f"{path}/{kept.id}")
    return Response(accepted, status_code=202)


async def _outcome(
    context: Context, kind: Kind, work: Awaitable[tuple[ShiftTradeJobResponse, int]]
) -> ShiftTradeJobResponse:
    try:
        body, _ = await work
    except (Invalid, Conflict, NotFound) as refusal:
        found = answer_for(refusal, context.now())
        assert found is not None
        return ShiftTradeJobResponse(status="Error", type=kind.name, error=body_for(found, context.correlation_id))
    return body


async def fetch(context: Context, kind: Kind, job_id: str, path: str) -> ShiftTradeJobResponse:
    """A kept answer of the caller. Raises JobNotFound."""
    job = await get_answer(context, kind.name, job_id, *kind.permissions)
    kept = msgspec.convert(job.body, ShiftTradeJobResponse)
    return msgspec.structs.replace(kept, id=job.id, self_uri=f"{path}/{job.id}")
