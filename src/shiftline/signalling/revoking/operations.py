"""Judge the calls that go on, and end those whose right is gone."""

import asyncio
from collections.abc import Iterable

import structlog

from shiftline.calls.operations.revoking import (
    end_calls_of,
    find_people_on_calls,
    find_people_without_session,
    find_softphones_of,
)
from shiftline.foundation.context import Actor, Context
from shiftline.signalling.truth import Truth

AT_ONCE = 3
"""People judged at a time: each takes a connection to the database."""

log = structlog.get_logger()


async def end_calls_without_right(context: Context, person_ids: Iterable[str] | None) -> int:
    """Judge the calls of some people, or (None) of the whole organization; how many legs were ended. Raises Unavailable.

    Doing it again is harmless.
    """
    wanted = None if person_ids is None else sorted(set(person_ids))
    return await _judge_all(
        context, [(context.organization_id, each) for each in await find_people_on_calls(context, wanted)]
    )


async def end_calls_without_session_or_right(context: Context) -> int:
    """Judge the calls at softphones that have no live session, of every organization; how many legs were ended. Raises Unavailable."""
    return await _judge_all(context, await find_people_without_session(context))


async def _judge_all(context: Context, people: Iterable[tuple[str, str]]) -> int:
    few = asyncio.Semaphore(AT_ONCE)

    async def one(organization_id: str, person_id: str) -> int:
        async with few:
            return await _judge(context.acting_as(Actor(organization_id, "system")), person_id)

    ended = await asyncio.gather(*(one(*each) for each in people), return_exceptions=True)
    for outcome in ended:  # one that failed keeps nobody else's call going
        if isinstance(outcome, BaseException):
            raise outcome
    return sum(outcome for outcome in ended if isinstance(outcome, int))


async def _judge(context: Context, person_id: str) -> int:
    truth = Truth(context.database, context.clock, ())
    ended = 0
    for jid in await find_softphones_of(context, person_id):
        denial = await truth.judge_call(context.organization_id, person_id, jid)
        if denial is None or denial.ends == "nothing":
            continue
        everywhere = denial.ends == "person" or jid is None
        ended += await end_calls_of(context, person_id, jid=None if everywhere else jid)
        log.info("calls.right_lost", person=person_id, jid=jid, ends=denial.ends, decision_id=denial.decision_id)
        if everywhere:
            break
    return ended
