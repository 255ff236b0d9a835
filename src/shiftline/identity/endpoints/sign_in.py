"""The sign-in page: an application sends a person here, and gets them back with a code."""

import math
from dataclasses import replace
from typing import Annotated, Any, TypeAlias

import msgspec
import structlog
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem, Refused
from shiftline.foundation.web.errors import TITLES, Answer, answer_for
from shiftline.identity.endpoints.page import Form, notice_page, sign_in_page
from shiftline.identity.errors import CredentialsWrong, OrganizationUnclear, SignInRequestWrong, TooManySignIns
from shiftline.identity.model import Credentials, KnownClient
from shiftline.identity.operations.sign_in import check_request, sign_in
from shiftline.identity.wire.sign_in import Authorize, SignInForm

log = structlog.get_logger()

AnyRequest: TypeAlias = Request[Any, Any, Any]

GO_BACK = "Go back to the application and start again. If that does not help, tell whoever runs it."


def show(request: AnyRequest, error: Exception) -> Response[Any]:
    """Any refusal as a page, except what the application is to be told at its registered redirect."""
    match error:
        case SignInRequestWrong(redirect=str() as redirect):
            return Redirect(redirect, status_code=302)
        case SignInRequestWrong():
            return notice_page("This sign-in cannot go on", error.message, GO_BACK, 400)
        case _:
            answer = answer_for(error, request.app.state.clock.now())
    if answer is None:
        log.error("request.failed", path=request.url.path, exc_info=error)
        answer = Answer(500, "internal.server.error", "An error of ours; it was logged.")
    headers = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
    advice = "Try again in a moment." if answer.retry_after is not None else GO_BACK
    return notice_page(TITLES.get(answer.status, "Refused"), answer.message, advice, answer.status, headers)


@get("/oauth/authorize", opt={"public": True}, include_in_schema=False, exception_handlers={Exception: show})
async def get_authorize(context: Context, request: AnyRequest) -> Response[Any]:
    """Show the form to whom a known application sends here with a registered redirect."""
    parameters = dict(request.query_params.items())
    for name in parameters:
        if len(request.query_params.getall(name)) > 1:
            raise Invalid(Problem(name, "is given more than once.", "bad.request"))
    try:
        asked = msgspec.convert(parameters, Authorize)
    except msgspec.ValidationError as error:
        said = str(error).replace("Object missing required field", "it lacks").replace("`", "")
        raise SignInRequestWrong("invalid_request", f"The application's request is not valid: {said}.") from error
    asking = await check_request(context, request.app.state.environment, asked.request())
    return sign_in_page(_form(request, asked, asking), asked.redirect_uri, 200)


@post("/sign-in", opt={"public": True}, include_in_schema=False, status_code=200, exception_handlers={Exception: show})
async def post_sign_in(
    context: Context,
    request: AnyRequest,
    data: Annotated[SignInForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Verify the password and send the person back to the application with a code."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise SignInRequestWrong("invalid_request", "The password was sent from another site's page.")
    environment = request.app.state.environment
    asking = await check_request(context, environment, data.request())
    credentials = Credentials(data.email, data.password, data.organization or None)
    try:
        return Redirect(await sign_in(context, environment, data.request(), credentials), status_code=302)
    except Refused as error:
        advice = " ".join(remedy.sentence for remedy in error.decision.remedies)
        return notice_page("You cannot sign in now", error.message, advice, 403)
    except OrganizationUnclear as error:
        form = replace(_form(request, data, asking), email=data.email, error=error.message, choices=error.choices)
        return sign_in_page(form, data.redirect_uri, 403)
    except CredentialsWrong as error:
        form = replace(_form(request, data, asking), email=data.email, error=error.message)
        return sign_in_page(form, data.redirect_uri, 403)
    except TooManySignIns as error:
        form = replace(_form(request, data, asking), email=data.email, error=_until(context, error))
        seconds = str(math.ceil(error.retry_after.total_seconds()))
        return sign_in_page(form, data.redirect_uri, 429, {"Retry-After": seconds})


def _form(request: AnyRequest, asked: Authorize, asking: KnownClient) -> Form:
    return Form(asking.client.name, request.app.state.environment, asked.hidden())


def _until(context: Context, error: TooManySignIns) -> str:
    """When the next attempt is taken, in words: the person may be anywhere, so the time of day names its zone."""
    minutes = max(1, math.ceil(error.retry_after.total_seconds() / 60))
    at = context.clock.real_now() + error.retry_after
    span = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"{error.message} Try again in {span}, after {at:%H:%M} UTC."


ROUTES = [get_authorize, post_sign_in]
