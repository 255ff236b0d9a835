"""Puts the web together: given routes and a way to authenticate, an ASGI application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias

from litestar import Litestar, MediaType, Request, Response, get
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import Parameter
from litestar.types import ASGIApp, ControllerRouterHandler

from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import SQL, Database
from shiftline.foundation.revisions import WANTED, Reading, Revisions, parse_revision
from shiftline.foundation.telemetry import metrics_text
from shiftline.foundation.web.authentication import Authenticate, Authentication
from shiftline.foundation.web.bodies import StrictRequest
from shiftline.foundation.web.document import Refusals, Sequences, document_config
from shiftline.foundation.web.edge import Edge
from shiftline.foundation.web.errors import handle
from shiftline.foundation.web.idempotency import Idempotency
from shiftline.foundation.web.legible import Legible
from shiftline.foundation.web.limits import RateLimits
from shiftline.foundation.web.paging import Page

SAFE = frozenset({"GET", "HEAD"})
OF_THE_PRIMARY = ("/api/v2/shiftline/access/",)
"""Paths whose answers are decisions on access: those are made from the one truth, whatever a request would put up with."""
MAX_BODY = 8 * 1024 * 1024

PageSize: TypeAlias = Annotated[int, Parameter(query="pageSize", ge=1, le=500, description="Entities a page")]
PageNumber: TypeAlias = Annotated[int, Parameter(query="pageNumber", ge=1, le=1_000_000, description="Page, from 1")]


@dataclass(frozen=True, slots=True)
class WebOptions:
    """What an application is told from settings. ``requests_per_minute`` is per token."""

    environment: str
    cors_origins: tuple[str, ...] = ()
    requests_per_minute: int = 6000
    extra_state: Mapping[str, Any] = field(default_factory=dict[str, Any])


def provide_context(request: Request[Any, Any, Any]) -> Context:
    """The dependency ``context`` of an endpoint."""
    state, scope_state = request.app.state, request.scope["state"]
    client = request.client
    forwarded = request.headers.get("x-forwarded-for", "").split(",")[0].strip()
    return Context(
        database=state.database,
        clock=state.clock,
        actor=scope_state.get("actor") or Actor("", "system"),
        correlation_id=scope_state["correlation_id"],
        idempotency_key=scope_state.get("idempotency_key"),
        remote_address=forwarded or (client.host if client else None),
        reading=_reading(request),
    )


def _reading(request: Request[Any, Any, Any]) -> Reading:
    """What the request reads and writes. Raises Invalid for a revision that is none."""
    text = request.headers.get(WANTED)
    least = None if text is None else parse_revision(text)
    if request.method not in SAFE or request.scope["path"].startswith(OF_THE_PRIMARY):
        least = None
    reading = request.scope["state"]["reading"] = Reading(request.app.state.revisions, least)
    return reading


def provide_page(page_size: PageSize = 25, page_number: PageNumber = 1) -> Page:
    """The dependency ``page`` of an endpoint, from its query parameters."""
    return Page(page_size, page_number)


@get("/health/live", operation_id="getHealthLive", opt={"public": True}, include_in_schema=False)
async def is_live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@get("/health/ready", operation_id="getHealthReady", opt={"public": True}, include_in_schema=False)
async def is_ready(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The process can do its work: PostgreSQL answers."""
    async with request.app.state.database.reader() as reader:
        await reader.one(SQL["is_alive"], {})
    return {"status": "ready"}


@get("/metrics", operation_id="getMetrics", opt={"public": True}, include_in_schema=False, media_type=MediaType.TEXT)
async def metrics() -> Response[bytes]:
    """Prometheus metrics of this process."""
    return Response(metrics_text(), media_type="text/plain; version=0.0.4")


def build(
    routes: Sequence[ControllerRouterHandler],
    *,
    database: Database,
    clock: Clock,
    authenticate: Authenticate,
    options: WebOptions,
) -> ASGIApp:
    """The whole application, edge included."""
    state = {
        "database": database,
        "clock": clock,
        "authenticate": authenticate,
        "environment": options.environment,
        "revisions": Revisions(database),
    }
    app = _assemble(routes, {**state, **options.extra_state}, RateLimits(options.requests_per_minute))
    return Edge(app, clock, options.cors_origins)


def describe(routes: Sequence[ControllerRouterHandler]) -> dict[str, Any]:
    """The OpenAPI document of the routes; needs no engine."""
    return _assemble(routes, {}, RateLimits(1)).openapi_schema.to_schema()


def _assemble(routes: Sequence[ControllerRouterHandler], state: dict[str, Any], limits: RateLimits) -> Litestar:
    return Litestar(
        route_handlers=[is_live, is_ready, metrics, *routes],
        dependencies={
            "context": Provide(provide_context, sync_to_thread=False),
            "page": Provide(provide_page, sync_to_thread=False),
        },
        middleware=[Legible(), Authentication(limits), Idempotency()],
        exception_handlers={Exception: handle},
        request_class=StrictRequest,
        request_max_body_size=MAX_BODY,
        state=State(state),
        openapi_config=document_config(),
        plugins=[Refusals(), Sequences()],
        on_app_init=[_quiet],
    )


def _quiet(config: AppConfig) -> AppConfig:
    config.logging_config = None
    return config
