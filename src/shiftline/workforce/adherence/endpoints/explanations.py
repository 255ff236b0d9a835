"""Explanations: submitted, entered, decided, found."""

from typing import Annotated

from litestar import Response, get, patch, post
from litestar.openapi import ResponseSpec
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.workforce.adherence.model import Explanation, ExplanationStatus, JobKind
from shiftline.workforce.adherence.operations import explaining
from shiftline.workforce.adherence.operations.answers import get_job
from shiftline.workforce.adherence.wire import explanations as wire

OWN = f"{wire.ROOT}/adherence/explanations"
AGENT = f"{wire.ROOT}/agents/{{agent_id:str}}/adherence/explanations"
BU = f"{wire.ROOT}/businessunits/{{business_unit_id:str}}"
TAGS = ["Workforce Management"]
ABOUT_EXPLANATIONS = (JobKind.ADD, JobKind.UPDATE, JobKind.QUERY_AGENT, JobKind.QUERY_UNIT)
LATER = {202: ResponseSpec(wire.QueryAdherenceExplanationsResponse, description="The job under which it is kept")}

Later = Annotated[bool, Parameter(query="forceAsync", description="Answer 202 and keep the result for the starter")]
# COMPAT: the vendor's switch to a download; what is found comes at once, or with its job.
ForceDownload = Annotated[bool, Parameter(query="forceDownloadService", description="Without effect")]


@post(OWN, operation_id="postWorkforcemanagementAdherenceExplanations", status_code=202, tags=TAGS)
async def post_own(
    context: Context, data: wire.AddAdherenceExplanationAgentRequest
) -> wire.AdherenceExplanationAsyncResponse:
    """Explain one's own absence; it waits for a decision. The job has the explanation already."""
    job, _ = await explaining.submit_explanation(context, data.draft())
    return wire.AdherenceExplanationAsyncResponse(job=wire.reference(job))


@post(
    f"{OWN}/query",
    operation_id="postWorkforcemanagementAdherenceExplanationsQuery",
    status_code=200,
    responses=LATER,
    tags=TAGS,
)
async def query_own(
    context: Context,
    data: wire.AgentQueryAdherenceExplanationsRequest,
    *,
    force_async: Later = False,
    force_download: ForceDownload = False,
) -> Response[wire.QueryAdherenceExplanationsResponse]:
    """The caller's explanations within a span."""
    del force_download
    found = await explaining.list_own_explanations(context, data.start_date, data.end_date)
    return await _answer(context, JobKind.QUERY_AGENT, found, later=force_async)


@get(f"{OWN}/{{explanation_id:str}}", operation_id="getWorkforcemanagementAdherenceExplanation", tags=TAGS)
async def get_own(context: Context, explanation_id: str) -> wire.AdherenceExplanationResponse:
    """One of the caller's explanations."""
    return wire.show(await explaining.get_own_explanation(context, explanation_id))


@get(f"{OWN}/jobs/{{job_id:str}}", operation_id="getWorkforcemanagementAdherenceExplanationsJob", tags=TAGS)
async def get_explanation_job(context: Context, job_id: str) -> wire.AdherenceExplanationJob:
    """What came of something that the caller asked for about explanations."""
    return wire.show_job(await get_job(context, job_id, ABOUT_EXPLANATIONS))


@post(AGENT, operation_id="postWorkforcemanagementAgentAdherenceExplanations", status_code=202, tags=TAGS)
async def post_agent(
    context: Context, agent_id: str, data: wire.AddAdherenceExplanationAdminRequest
) -> wire.AdherenceExplanationAsyncResponse:
    """Explain for an agent, decided or not."""
    job, _ = await explaining.enter_explanation(context, agent_id, data.draft())
    return wire.AdherenceExplanationAsyncResponse(job=wire.reference(job))


@post(
    f"{AGENT}/query",
    operation_id="postWorkforcemanagementAgentAdherenceExplanationsQuery",
    status_code=200,
    responses=LATER,
    tags=TAGS,
)
async def query_agent(
    context: Context,
    agent_id: str,
    data: wire.AgentQueryAdherenceExplanationsRequest,
    *,
    force_async: Later = False,
    force_download: ForceDownload = False,
) -> Response[wire.QueryAdherenceExplanationsResponse]:
    """An agent's explanations within a span."""
    del force_download
    found = await explaining.list_explanations_of(context, agent_id, data.start_date, data.end_date)
    return await _answer(context, JobKind.QUERY_AGENT, found, later=force_async)


@get(f"{AGENT}/{{explanation_id:str}}", operation_id="getWorkforcemanagementAgentAdherenceExplanation", tags=TAGS)
async def get_agent(context: Context, agent_id: str, explanation_id: str) -> wire.AdherenceExplanationResponse:
    """An agent's explanation."""
    return wire.show(await explaining.get_explanation(context, agent_id, explanation_id))


@patch(
    f"{AGENT}/{{explanation_id:str}}",
    operation_id="patchWorkforcemanagementAgentAdherenceExplanation",
    status_code=202,
    tags=TAGS,
)
async def patch_agent(
    context: Context, agent_id: str, explanation_id: str, data: wire.UpdateAdherenceExplanationStatusRequest
) -> wire.AdherenceExplanationAsyncResponse:
    """Approve or deny an agent's explanation."""
    status = ExplanationStatus(data.status)
    job, _ = await explaining.decide_explanation(context, agent_id, explanation_id, status)
    return wire.AdherenceExplanationAsyncResponse(job=wire.reference(job))


@post(
    f"{BU}/adherence/explanations/query",
    operation_id="postWorkforcemanagementBusinessunitAdherenceExplanationsQuery",
    status_code=200,
    responses=LATER,
    tags=TAGS,
)
async def query_unit(
    context: Context,
    business_unit_id: str,
    data: wire.BuQueryAdherenceExplanationsRequest,
    *,
    force_async: Later = False,
    force_download: ForceDownload = False,
) -> Response[wire.QueryAdherenceExplanationsResponse]:
    """A business unit's explanations within a span, of some management units or agents, or of all."""
    del force_download
    found = await explaining.list_unit_explanations(
        context,
        business_unit_id,
        (data.start_date, data.end_date),
        management_unit_ids=data.management_unit_ids or None,
        person_ids=data.agent_ids or None,
    )
    return await _answer(context, JobKind.QUERY_UNIT, found, later=force_async)


async def _answer(
    context: Context, kind: JobKind, found: list[Explanation], *, later: bool
) -> Response[wire.QueryAdherenceExplanationsResponse]:
    if not later:
        return Response(wire.QueryAdherenceExplanationsResponse(result=wire.show_list(found)), status_code=200)
    job = await explaining.keep_list(context, kind, found)
    return Response(wire.QueryAdherenceExplanationsResponse(job=wire.reference(job)), status_code=202)


ROUTES = [
    post_own,
    query_own,
    get_own,
    get_explanation_job,
    post_agent,
    query_agent,
    get_agent,
    patch_agent,
    query_unit,
]
