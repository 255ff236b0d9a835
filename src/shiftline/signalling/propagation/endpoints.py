"""Propagation over HTTP."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.signalling.propagation.operations import read_propagation
from shiftline.signalling.propagation.wire import Propagation, propagation_of

Minutes = Annotated[int, Parameter(query="minutes", ge=1, le=1440, description="How far back, at most a day")]


@get(
    "/api/v2/shiftline/access/propagation",
    operation_id="getShiftlineAccessPropagation",
    tags=["Shiftline Access"],
)
async def get_propagation(context: Context, minutes: Minutes = 15) -> Propagation:
    """How long changes took to arrive at live sessions in the last minutes: how many, median, 99th percentile and longest, by
    node and everywhere. A node that lives and had nothing to tell is there with none.
    """
    return propagation_of(minutes, await read_propagation(context, minutes))


ROUTES = [get_propagation]
