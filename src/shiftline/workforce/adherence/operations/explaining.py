"""Explanations: agents submit them, supervisors enter and decide them. Each is answered as a job that is done at once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.adherence import store
from shiftline.workforce.adherence.errors import ExplanationNotFound, ExplanationOverlaps, NoDecision
from shiftline.workforce.adherence.events import ExplanationAdded, ExplanationDecided
from shiftline.workforce.adherence.model import Explanation, ExplanationDraft, ExplanationStatus, Job, JobKind
from shiftline.workforce.adherence.operations.answers import keep_answer_in
from shiftline.workforce.adherence.operations.following import follow_in
from shiftline.workforce.adherence.rules.explaining import check_explanation
from shiftline.workforce.adherence.rules.querying import check_explained_span
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit

SUBMIT = ("wfm:agentAdherenceExplanation:submit",)
SEE_OWN = (*SUBMIT, "wfm:agentAdherenceExplanation:view")
ADD = ("wfm:adherenceExplanation:add",)
SEE = ("wfm:adherenceExplanation:view", "wfm:adherenceExplanation:edit")
EDIT = ("wfm:adherenceExplanation:edit",)
AT_MOST = 2000


async def submit_explanation(context: Context, draft: ExplanationDraft) -> tuple[Job, Explanation]:
    """Explain one's own absence; it waits for somebody's decision. Submitted again, it is answered as it is.

    Raises AgentNotFound, ExplanationOverlaps, Invalid.
    """
    require(context, *SUBMIT)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        return await _add(tx, await find_agent(tx, context.organization_id, person_id), draft)


async def enter_explanation(context: Context, person_id: str, draft: ExplanationDraft) -> tuple[Job, Explanation]:
    """Explain for an agent, decided or not. Raises AgentNotFound, PermissionMissing, ExplanationOverlaps, Invalid."""
    require(context, *ADD)
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, person_id)
        require(context, *ADD, division_id=agent.division_id)
        return await _add(tx, agent, draft)


async def _add(tx: Transaction, agent: Agent, draft: ExplanationDraft) -> tuple[Job, Explanation]:
    context, now = tx.context, tx.context.now()
    span = check_explanation(draft, now)
    await store.queue_explanations(tx, agent.person_id)
    for other in await store.find_explanations_within(tx, agent.person_id, span):
        if (other.span, other.type, other.notes) == (span, draft.type, draft.notes):
            return await keep_answer_in(tx, JobKind.ADD, [other]), other
        raise ExplanationOverlaps(other)
    decided = draft.status is not ExplanationStatus.PENDING
    explanation = Explanation(
        id=new_id(),
        person_id=agent.person_id,
        management_unit_id=agent.management_unit_id,
        business_unit_id=agent.business_unit_id,
        type=draft.type,
        status=draft.status,
        start=span.start,
        end=span.end,
        notes=draft.notes,
        submitted_by=context.actor.id,
        submitted_at=now,
        reviewed_by=context.actor.id if decided else None,
        reviewed_at=now if decided else None,
        version=1,
    )
    await store.insert_explanation(tx, explanation)
    tx.record(
        ExplanationAdded(
            organization_id=context.organization_id,
            explanation_id=explanation.id,
            explanation=explanation,
            by=context.actor.id,
        )
    )
    await follow_in(tx, [agent.person_id])
    return await keep_answer_in(tx, JobKind.ADD, [explanation]), explanation


async def decide_explanation(
    context: Context, person_id: str, explanation_id: str, status: ExplanationStatus
) -> tuple[Job, Explanation]:
    """Approve or deny an agent's explanation; what is so already stays. Raises ExplanationNotFound, NoDecision,
    ExplanationOverlaps (what was denied is approved again, and the time was explained otherwise meanwhile).
    """
    require(context, *EDIT)
    async with context.transaction() as tx:
        await store.queue_explanations(tx, person_id)
        found = await store.lock_explanation(tx, explanation_id)
        if found is None or found.person_id != person_id:
            raise ExplanationNotFound(explanation_id)
        await _require_at(tx, found, EDIT)
        if status is found.status:
            return await keep_answer_in(tx, JobKind.UPDATE, [found]), found
        if status is ExplanationStatus.PENDING:
            raise NoDecision(found.status.value)
        for other in await store.find_explanations_within(tx, person_id, found.span):
            if status is not ExplanationStatus.DENIED and other.id != found.id:
                raise ExplanationOverlaps(other)
        await store.decide_explanation(tx, explanation_id, status)
        decided = await store.lock_explanation(tx, explanation_id)
        assert decided is not None
        tx.record(
            ExplanationDecided(
                organization_id=context.organization_id,
                explanation_id=explanation_id,
                former_status=found.status.value,
                explanation=decided,
                by=context.actor.id,
            )
        )
        await follow_in(tx, [person_id])
        return await keep_answer_in(tx, JobKind.UPDATE, [decided]), decided


async def _require_at(tx: Transaction, explanation: Explanation, permissions: Sequence[str]) -> None:
    """Where the agent works now, or where they did then."""
    unit = await find_business_unit(tx, tx.context.organization_id, explanation.business_unit_id)
    agents = await find_agents(tx, tx.context.organization_id, [explanation.person_id])
    agent = agents.get(explanation.person_id)
    require(tx.context, *permissions, division_id=unit.division_id if agent is None else agent.division_id)


async def get_own_explanation(context: Context, explanation_id: str) -> Explanation:
    """One of the caller's explanations. Raises ExplanationNotFound."""
    require(context, *SEE_OWN)
    person_id = own_person_id(context)
    async with context.reader() as reader:
        found = await store.find_explanation(reader, context.organization_id, explanation_id)
    if found is None or found.person_id != person_id:
        raise ExplanationNotFound(explanation_id)
    return found


async def get_explanation(context: Context, person_id: str, explanation_id: str) -> Explanation:
    """An agent's explanation. Raises AgentNotFound, ExplanationNotFound, PermissionMissing."""
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
        require(context, *SEE, division_id=agent.division_id)
        found = await store.find_explanation(reader, context.organization_id, explanation_id)
    if found is None or found.person_id != person_id:
        raise ExplanationNotFound(explanation_id)
    return found


async def list_own_explanations(context: Context, start: datetime, end: datetime) -> list[Explanation]:
    """The caller's explanations within a span. Raises Invalid."""
    require(context, *SEE_OWN)
    person_id = own_person_id(context)
    span = check_explained_span(start, end)
    async with context.reader() as reader:
        return await store.list_explanations(reader, context.organization_id, span, AT_MOST, person_ids=[person_id])


async def list_explanations_of(context: Context, person_id: str, start: datetime, end: datetime) -> list[Explanation]:
    """An agent's explanations within a span. Raises AgentNotFound, PermissionMissing, Invalid."""
    span = check_explained_span(start, end)
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
        require(context, *SEE, division_id=agent.division_id)
        return await store.list_explanations(
            reader, context.organization_id, span, AT_MOST, person_ids=[agent.person_id]
        )


async def list_unit_explanations(
    context: Context,
    business_unit_id: str,
    span: tuple[datetime, datetime],
    *,
    management_unit_ids: Collection[str] | None = None,
    person_ids: Collection[str] | None = None,
) -> list[Explanation]:
    """A business unit's explanations within a span. Raises BusinessUnitNotFound, PermissionMissing, Invalid.

    More than an answer holds are refused, none is left out in silence.
    """
    wanted = check_explained_span(*span)
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        require(context, *SEE, division_id=unit.division_id)
        found = await store.list_explanations(
            reader,
            context.organization_id,
            wanted,
            AT_MOST + 1,
            business_unit_id=unit.id,
            management_unit_ids=management_unit_ids,
            person_ids=person_ids,
        )
    if len(found) > AT_MOST:
        sentence = f"more than {AT_MOST} explanations match; ask for a shorter span, or for some agents."
        raise Invalid(Problem("endDate", sentence, "explanations.too.many"))
    return found


async def keep_list(context: Context, kind: JobKind, found: Sequence[Explanation]) -> Job:
    """Keep what was found for whoever asked to have it later."""
    later = Context(context.database, context.clock, context.actor, context.correlation_id)
    async with later.transaction() as tx:
        return await keep_answer_in(tx, kind, found)
