"""Every fault alone and with every other one, at every gate: is the first blocker the right one, and are all of them told?"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from typing import Any

from tests.conftest import SettableContext, context_for
from tests.store.conftest import make_tenant
from tests.store.routing.floor import Floor

from benchmarks.access.fates import LONG_AGO, TALK, Tale, list_offered, list_recorded
from benchmarks.access.faults import (
    AGENT,
    CALL,
    CONNECT,
    FAULTS,
    ORDER,
    OTHER,
    QUEUE,
    SIGN_IN,
    SKILL,
    Case,
    Fault,
    Within,
    is_hidden,
)
from benchmarks.publishing import bare_database
from benchmarks.registry import Outcome, bench, say
from shiftline.access.model.connecting import Question
from shiftline.access.operations.deciding import judge_question_in
from shiftline.foundation.context import Actor
from shiftline.foundation.database import Database, Transaction
from shiftline.foundation.decision import Decision
from shiftline.recordings.control.model import Scope
from shiftline.recordings.model import Storage
from shiftline.recordings.operations.scoping import set_scoped_policy
from shiftline.routing.model.interactions import InteractionDraft
from shiftline.routing.model.queues import QueueSettings, Ring
from shiftline.routing.model.skills import SkillDraft, SkillKind
from shiftline.routing.operations.interactions import enqueue_in

ANY, OF_QUEUE, OF_CALL = (
    Question("receive"),
    Question("receive", queue_id=QUEUE),
    Question("receive", conversation_id=CALL),
)


@dataclass
class Verdicts:
    """What was asked, and what was answered wrongly."""

    asked: int = 0
    combinations: int = 0
    wrong: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    reached: set[str] = field(default_factory=set[str])
    """The codes that were told against it, or as what could not be known."""

    def judge(
        self,
        faults: Sequence[str],
        question: Question,
        decision: Decision,
        expected: Sequence[str],
        *,
        unknown: bool = False,
    ) -> None:
        """The first blocker is the first of what stands against it in the order of the gates; all are told, and no other.

        ``unknown``: something could not be known, so that without a blocker there is no verdict.
        """
        self.asked += 1
        told = [gate.code for gate in decision.blockers]
        self.reached.update(told, (gate.code for gate in decision.unknown))
        allowed = decision.allowed is (False if expected else None if unknown else True)
        if not allowed or set(told) != set(expected) or told[:1] != list(expected[:1]):
            named = {"action": question.action, "queue": question.queue_id, "call": question.conversation_id}
            self.wrong.append({"faults": list(faults), **named, "told": told, "expected": list(expected)})


async def prepare(context: SettableContext) -> Floor:
    """An organization with one agent whom nothing hinders: with a softphone, on queue, in two queues, with the skill."""
    floor = Floor(await make_tenant(context), context)
    await floor.prepare()
    floor.context.clock.set(floor.context.clock.real_now())
    rings = tuple(Ring(timedelta(minutes=minutes)) for minutes in (1, 1, 1, 1, 1))
    await floor.queue(QUEUE, QueueSettings(rings=rings))
    await floor.queue(OTHER)
    await floor.skill(SkillDraft("Spanish", SkillKind.SKILL, id=SKILL))
    await floor.agent(AGENT, QUEUE, OTHER)
    await floor.learn(AGENT, SKILL)
    floor.context.clock.advance(timedelta(minutes=3))
    async with context.reader() as reader:  # however long it takes: nobody renews here
        await reader.connection.execute("update presence.session_lease set expires_at = expires_at + interval '1 day'")
    return floor


@asynccontextmanager
async def _undone(floor: Floor) -> AsyncGenerator[tuple[Case, Transaction]]:
    """A transaction of which nothing stays."""
    system = floor.context.acting_as(Actor(floor.context.organization_id, "system"))
    async with system.transaction() as tx, tx.connection.transaction(force_rollback=True):
        admin = Within(floor.context, tx)
        yield Case(admin, tx, floor.context.clock), tx
        tx.happened.clear()
        tx.afterwards.clear()


def sets_of(faults: Sequence[Fault] = FAULTS) -> Iterator[tuple[Fault, ...]]:
    """None, each alone, each two of different gates; in the order in which they are brought about."""
    yield ()
    for fault in faults:
        yield (fault,)
    yield from (pair for pair in combinations(faults, 2) if pair[0].gate != pair[1].gate)


def expected_of(faults: tuple[Fault, ...], question: Question) -> list[str]:
    """The blockers that a question meets, in the order of the gates."""
    codes: set[str] = set()
    for fault in faults:
        if question.action == "sign-in" and fault.gate not in SIGN_IN:
            continue
        if question.action == "connect" and fault.gate not in CONNECT:
            continue
        if fault.of_call and question.conversation_id is None:
            continue
        # Of whom no queue is asked, one that they joined is enough: they are in another one.
        if fault.gate == "member" and question == ANY:
            continue
        if not is_hidden(fault, faults):
            codes.update(fault.codes)
    return sorted(codes, key=ORDER.index)


async def judge_agents(floor: Floor) -> Verdicts:
    """Sign-in, connect and receive: each set of faults, each question."""
    verdicts = Verdicts()
    for faults in sets_of():
        verdicts.combinations += 1
        async with _undone(floor) as (case, tx):
            for fault in faults:
                await fault.inject(case)
            await enqueue_in(tx, InteractionDraft(CALL, QUEUE, skill_ids=(SKILL,)))
            for question in (Question("sign-in"), Question("connect"), ANY, OF_QUEUE, OF_CALL):
                decision = await judge_question_in(tx, AGENT, question)
                names, expected = [each.name for each in faults], expected_of(faults, question)
                verdicts.judge(names, question, decision, expected)
    return verdicts


@dataclass(frozen=True)
class Silence:
    """A policy by which calls are not, or only in part, recorded."""

    name: str
    scope: Scope
    terms: dict[str, bool]
    code: str


SILENCES = (
    Silence("organization", Scope(), {"record": False}, "policy.none"),
    Silence("outbound", Scope(direction="outbound"), {"record": False}, "policy.none"),
    Silence("queue", Scope(queue_id=QUEUE), {"record": False}, "policy.none"),
    Silence("queue by hand", Scope(queue_id=QUEUE), {"record": False, "snippet": True}, "policy.snippet"),
    Silence("other queue by hand", Scope(queue_id=OTHER), {"record": False, "snippet": True}, "policy.snippet"),
)
FULL = Storage(problem="The keys of recordings cannot be read.", keys_file="keys")


def _expected_silence(silences: Sequence[Silence], question: Question, *, stored: bool) -> list[str]:
    """What is told of a queue's calls, or of all that the agent may get; policies of queues before those of everything."""
    told: list[str] = []
    default = [each for each in silences if each.scope.queue_id is None]
    asked = (question.queue_id,) if question.queue_id else (None, OTHER, QUEUE)  # by name
    for queue_id in asked:
        own = [each for each in silences if queue_id is not None and each.scope.queue_id == queue_id]
        told += [each.code for each in own or default]
    return [*dict.fromkeys(told), *(() if stored else ("storage.unavailable",))]


async def judge_recordings(floor: Floor) -> Verdicts:
    """Record: each policy that keeps silent alone and with each other one, and the storage."""
    verdicts = Verdicts()
    pairs = [pair for pair in combinations(SILENCES, 2) if pair[0].scope != pair[1].scope]
    for silences in [(), *((each,) for each in SILENCES), *pairs]:
        for storage in (Storage(), FULL):
            verdicts.combinations += 1
            async with _undone(floor) as (case, tx):
                for silence in silences:
                    await set_scoped_policy(case.admin, silence.scope, silence.terms)
                for question in (Question("record"), Question("record", queue_id=QUEUE)):
                    decision = await judge_question_in(tx, AGENT, question, storage)
                    expected = _expected_silence(silences, question, stored=storage.problem is None)
                    names = [*(each.name for each in silences), *(() if storage is not FULL else ("storage",))]
                    verdicts.judge(names, question, decision, expected)
    return verdicts


async def judge_calls(floor: Floor) -> Verdicts:
    """Record and receive of one call that is over or goes on: by what became of its legs' recordings, and of its offers."""
    verdicts = Verdicts()
    about: list[tuple[Question, list[Tale]]] = [
        (Question("record", conversation_id=TALK), list_recorded()),
        (Question("receive", conversation_id=TALK), list_offered()),
    ]
    for question, tales in about:
        for tale in tales:
            verdicts.combinations += 1
            async with _undone(floor) as (case, tx):
                await tale.bring_about(case)
                await tx.flush()  # what is told of recordings and offers is read from what was noted
                decision = await judge_question_in(tx, AGENT, question)
                verdicts.judge([tale.name], question, decision, tale.expected, unknown=tale.unknown)
    return verdicts


async def judge_before_records(floor: Floor) -> Verdicts:
    """An instant at which there was nobody and nothing yet."""
    verdicts = Verdicts(combinations=1)
    at = floor.context.now() - LONG_AGO
    async with _undone(floor) as (_, tx):
        for question in (Question("sign-in", at=at), Question("connect", at=at)):
            decision = await judge_question_in(tx, AGENT, question)
            expected = ["token.none", "organization.unknown", "person.unknown"]
            more = ["permission.missing"] if question.action == "connect" else []
            verdicts.judge(["before there was anything"], question, decision, [*expected, *more])
    return verdicts


async def judge_all(floor: Floor) -> list[Verdicts]:
    """All of it."""
    return [
        await judge_agents(floor),
        await judge_recordings(floor),
        await judge_calls(floor),
        await judge_before_records(floor),
    ]


@bench(
    "fault-matrix",
    group="access",
    bar="the first blocker is the right one, and all are told, in 100% of single and double faults over all gates",
)
def fault_matrix() -> Outcome:
    """One agent with everything right, and each fault and each two of them, undone after each."""
    with bare_database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> Outcome:
    database = Database(url)
    await database.open()
    try:
        floor = await prepare(context_for(database, "org-1"))
        began = time.perf_counter()
        found = await judge_all(floor)
        seconds = time.perf_counter() - began
    finally:
        await database.close()
    wrong = [each for verdicts in found for each in verdicts.wrong]
    for each in wrong[:20]:
        say(f"wrong: {each}")
    figures = {
        "faults": len(FAULTS) + len(SILENCES) + 1,
        "calls": len(list_recorded()) + len(list_offered()),
        "combinations": sum(each.combinations for each in found),
        "questions": sum(each.asked for each in found),
        "codes": len(set[str]().union(*(each.reached for each in found))),
        "wrong": len(wrong),
        "seconds": round(seconds, 1),
    }
    return Outcome(figures, holds=not wrong)
