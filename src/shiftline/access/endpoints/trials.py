"""What if, and what is asserted of access, over HTTP."""

from datetime import timedelta

from litestar import delete, get, post, put

from shiftline.access.endpoints.asked import TAGS
from shiftline.access.model.simulations import Trial
from shiftline.access.operations import asserting, simulating
from shiftline.access.wire.assertions import (
    AccessAssertion,
    AccessAssertions,
    AssertionBody,
    read_draft,
    write_assertion,
)
from shiftline.access.wire.simulations import AccessSimulation, SimulationRequest, read_changes, write_simulation
from shiftline.foundation.context import Context

ASSERTIONS = "/api/v2/shiftline/access/assertions"


@post("/api/v2/shiftline/access/simulate", operation_id="postShiftlineAccessSimulate", status_code=200, tags=TAGS)
async def post_simulate(context: Context, data: SimulationRequest) -> AccessSimulation:
    """Who would flip by changes of settings, users, roles or schedules, at every instant at which anything changes, and why;
    nothing is changed. The changes are made by the operations that make them, and undone.
    """
    wanted = None if data.user_ids is None else tuple(data.user_ids)
    trial = Trial(read_changes(data.changes), context.now() + timedelta(days=data.days), data.action, wanted)
    return write_simulation(await simulating.simulate(context, trial))


@get(
    "/api/v2/shiftline/access/simulations/{simulation_id:str}",
    operation_id="getShiftlineAccessSimulation",
    tags=TAGS,
)
async def get_simulation(context: Context, simulation_id: str) -> AccessSimulation:
    """A simulation that was made."""
    return write_simulation(await simulating.get_simulation(context, simulation_id))


@get(ASSERTIONS, operation_id="getShiftlineAccessAssertions", tags=TAGS)
async def get_assertions(context: Context) -> AccessAssertions:
    """What is asserted of access, and where it does not hold."""
    assertions, breaches = await asserting.list_assertions(context)
    return AccessAssertions(entities=[write_assertion(each, breaches) for each in assertions])


@post(ASSERTIONS, operation_id="postShiftlineAccessAssertions", status_code=201, tags=TAGS)
async def post_assertion(context: Context, data: AssertionBody) -> AccessAssertion:
    """Assert who may, or may not, connect or sign in at some time: a change that would break it is refused, or told of."""
    return write_assertion(*await asserting.put_assertion(context, None, read_draft(data)))


@put(ASSERTIONS + "/{assertion_id:str}", operation_id="putShiftlineAccessAssertion", tags=TAGS)
async def put_assertion(context: Context, assertion_id: str, data: AssertionBody) -> AccessAssertion:
    """Change an assertion."""
    return write_assertion(*await asserting.put_assertion(context, assertion_id, read_draft(data)))


@delete(ASSERTIONS + "/{assertion_id:str}", operation_id="deleteShiftlineAccessAssertion", status_code=204, tags=TAGS)
async def delete_assertion(context: Context, assertion_id: str) -> None:
    """Assert something no more."""
    await asserting.delete_assertion(context, assertion_id)


ROUTES = [post_simulate, get_simulation, get_assertions, post_assertion, put_assertion, delete_assertion]
