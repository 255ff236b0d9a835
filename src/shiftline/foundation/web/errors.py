"""The one table from refusals to the wire: the vendor's error body with a ``contextId``, and RFC 9457 fields beside it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException

from shiftline.foundation import errors
from shiftline.foundation.web.sentences import find_choices, in_words
from shiftline.foundation.web.wire import Wire

log = structlog.get_logger()


class Detail(Wire):
    """One field that is wrong."""

    error_code: str | None = None
    field_name: str | None = None
    entity_id: str | None = None
    entity_name: str | None = None


class Limit(Wire):
    """The limit that was hit."""

    key: str
    namespace: str
    value: int


class ErrorBody(Wire):
    """The vendor's error body. ``type``, ``title`` and ``detail`` are RFC 9457's."""

    message: str
    code: str
    status: int
    context_id: str
    entity_id: str | None = None
    entity_name: str | None = None
    message_with_params: str | None = None
    message_params: Mapping[str, str] | None = None
    details: list[Detail] | None = None
    errors: list["ErrorBody"] | None = None
    limit: Limit | None = None
    type: str | None = None
    title: str | None = None
    detail: str | None = None
    decision_id: str | None = None


_MISSING = re.compile(r"missing required field `(\w+)`")
_ABSENT = re.compile(r"Missing required (?:query|header|cookie) parameter '([^']+)'")
_SHOWN = 200
_PLACE = re.compile(r" - at `\$\.data([.\[].*)`$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a refusal is on the wire."""

    status: int
    code: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    details: tuple[Detail, ...] = ()
    retry_after: int | None = None
    limit: Limit | None = None
    entity: tuple[str, str] | None = None
    decision_id: str | None = None


STATUS_CODES: dict[int, str] = {
    400: "bad.request",
    401: "authentication.required",
    403: "not.authorized",
    404: "not.found",
    405: "method.not.allowed",
    406: "not.acceptable",
    410: "gone",
    413: "request.entity.too.large",
    415: "unsupported.media.type",
    429: "too.many.requests",
    500: "internal.server.error",
    503: "service.unavailable",
}

TITLES: dict[int, str] = {
    400: "The request is not valid",
    401: "Sign in first",
    403: "Refused",
    404: "Not found",
    409: "Conflict with the current state",
    410: "Destroyed",
    413: "Too large",
    429: "Too many requests",
    500: "An error of ours",
    503: "Not available right now",
}


def answer_for(error: BaseException, now: datetime) -> Answer | None:  # noqa: C901, PLR0911, PLR0912 - this is the table
    """The wire answer for a refusal, or None when it is a bug of ours."""
    match error:
        case errors.Invalid():
            details = tuple(Detail(error_code=p.code, field_name=p.field) for p in error.problems)
            return Answer(400, error.code, error.message, error.params, details)
        case errors.Unauthenticated():
            return Answer(401, error.code, error.message, error.params)
        case errors.Refused(retry_at=datetime() as retry_at):
            wait = max(1, math.ceil((retry_at - now).total_seconds()))
            return Answer(429, "too.many.requests", error.message, error.params, retry_after=wait,
                          decision_id=error.decision.decision_id)  # fmt: skip
        case errors.Refused():
            return Answer(403, error.code, error.message, error.params, decision_id=error.decision.decision_id)
        case errors.NotFound():
            return Answer(404, error.code, error.message, error.params, entity=(error.entity, error.entity_id))
        case errors.Gone():
            return Answer(410, error.code, error.message, error.params)
        case errors.Conflict():
            return Answer(409, error.code, error.message, error.params)
        case errors.LimitReached():
            limit = Limit(key=error.limit_key, namespace=error.limit_namespace, value=error.limit_value)
            wait = max(1, math.ceil(error.retry_after.total_seconds()))
            return Answer(429, error.code, error.message, retry_after=wait, limit=limit)
        case errors.Unavailable():
            return Answer(503, error.code, error.message, retry_after=math.ceil(error.retry_after.total_seconds()))
        case ValidationException():
            return _for_validation(error)
        case RecursionError() if "deserializing" in str(error):
            return Answer(400, "bad.request", "The body is nested too deeply.")
        case HTTPException():
            code = STATUS_CODES.get(error.status_code, "bad.request")
            return Answer(error.status_code, code, error.detail or code)
        case _:
            return None


def _for_validation(error: ValidationException) -> Answer:
    problems = [_located(item, error.__cause__) for item in (error.extra or []) if isinstance(item, dict)]
    absent = _ABSENT.search(error.detail)
    if absent and not problems:
        problems = [{"key": absent[1], "message": f"'{absent[1]}'"}]
    details = tuple(Detail(error_code="invalid.value", field_name=_wire_name(p)) for p in problems)
    message = " ".join(f"{_wire_name(p)}: {_wire_sentence(p)}" for p in problems)
    params = {"field": _wire_name(problems[0])} if problems else {}
    return Answer(400, "bad.request", message or error.detail, params, details)


def _located(problem: dict[str, Any], cause: BaseException | None) -> dict[str, Any]:
    """A problem with its place in a body that is a list, which only the cause tells."""
    place = _PLACE.search(str(cause)) if problem.get("key") == "data" else None
    return problem if place is None else {**problem, "key": f"data.{place[1].removeprefix('.')}"}


def _wire_name(problem: Mapping[str, Any]) -> str:
    """The field as the caller wrote it."""
    key = str(problem.get("key") or "body")
    if problem.get("source") == "body" or key == "data":
        path = "" if key == "data" else key.removeprefix("data.")
        missing = _MISSING.search(str(problem.get("message")))
        return ".".join(part for part in (path, missing[1] if missing else "") if part) or "body"
    if "sent_as" in problem:
        return str(problem["sent_as"])
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _add_what_is_declared(request: Request[Any, Any, Any], error: ValidationException) -> None:
    """Add to each problem of a parameter how the caller writes it, where the handler calls it by another name, and
    what it may be.
    """
    parameters = request.route_handler.parsed_fn_signature.parameters
    for problem in error.extra or []:
        if not isinstance(problem, dict):
            continue
        declared = parameters.get(problem.get("key", ""))
        sent_as = getattr(declared.kwarg_definition, "query", None) if declared else None
        if sent_as:
            problem["sent_as"] = sent_as
        if declared:
            problem["choices"] = find_choices(declared.annotation)


def _wire_sentence(problem: Mapping[str, Any]) -> str:
    sentence = str(problem.get("message") or "is not valid")
    if _MISSING.search(sentence):
        return "is required."
    if sentence == "'data'":
        return "the request needs a JSON body."
    if sentence.startswith("'") and sentence.endswith("'"):
        return "is required."
    said = in_words(sentence, problem.get("choices", ()))
    # Who pastes +00:00 into an address sends a space, and sees nothing wrong.
    is_instant_sent = problem.get("source") == "query" and sentence == "Invalid RFC3339 encoded datetime"
    return f"{said} In an address + is written %2B." if is_instant_sent else said


def _in_words(request: Request[Any, Any, Any], error: HTTPException, answer: Answer) -> Answer:
    """The framework's own refusals in words: it says only the name of the status."""
    match answer.status:
        case 404:
            sentence = f"There is nothing at the path {request.url.path[:_SHOWN]}."
        case 405:
            possible = {name.lower(): value for name, value in (error.headers or {}).items()}.get("allow", "")
            sentence = f"{request.method} is not possible on this path; possible: {possible}."
        case 413:
            sentence = "The body is larger than this operation takes."
        case _:
            return answer
    return replace(answer, message=sentence)


def body_for(answer: Answer, context_id: str) -> ErrorBody:
    """The error body of an answer."""
    return ErrorBody(
        message=answer.message,
        code=answer.code,
        status=answer.status,
        context_id=answer.decision_id or context_id,
        entity_name=answer.entity[0] if answer.entity else None,
        entity_id=answer.entity[1] if answer.entity else None,
        message_with_params=answer.message,
        message_params=answer.params,
        details=list(answer.details),
        errors=[],
        limit=answer.limit,
        type=f"urn:shiftline:error:{answer.code}",
        title=TITLES.get(answer.status, "Refused"),
        detail=answer.message,
        decision_id=answer.decision_id,
    )


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorBody]:
    """Litestar's exception handler for everything: a refusal by the table, anything else a logged 500."""
    context_id = str(request.scope.get("state", {}).get("correlation_id", ""))
    now = request.app.state.clock.now()
    if isinstance(error, ValidationException):
        _add_what_is_declared(request, error)
    answer = answer_for(error, now)
    if answer is None:
        log.error("request.failed", path=request.url.path, exc_info=error)
        answer = Answer(500, "internal.server.error", "An error of ours; it was logged under this contextId.")
    headers = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, HTTPException):
        answer, headers = _in_words(request, error, answer), {**headers, **(error.headers or {})}
    return Response(body_for(answer, context_id), status_code=answer.status, headers=headers, media_type=MediaType.JSON)
