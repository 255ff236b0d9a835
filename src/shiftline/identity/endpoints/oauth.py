"""``/oauth``: how programs come by tokens, ask about them and end them (RFC 6749, 7636, 7009, 7662)."""

import base64
import binascii
from typing import Annotated, Any, TypeAlias
from urllib.parse import unquote_plus

import structlog
from litestar import MediaType, Request, Response, post
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.params import Body

from shiftline.foundation.context import Context
from shiftline.foundation.web.errors import Answer, answer_for
from shiftline.identity.errors import OAuthError
from shiftline.identity.model import CodeProof, IssuedToken
from shiftline.identity.operations.grants import (
    authenticate_client,
    exchange_code,
    find_clients,
    grant_client_credentials,
    refresh_token,
)
from shiftline.identity.operations.tokens import introspect_token, revoke_token
from shiftline.identity.wire import oauth as wire

log = structlog.get_logger()

FOR_CLIENTS = {"public": True, "error_body": wire.OAuthErrorAnswer}

AnyRequest: TypeAlias = Request[Any, Any, Any]
TokenBody: TypeAlias = Annotated[wire.TokenForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
QuestionBody: TypeAlias = Annotated[wire.TokenQuestion, Body(media_type=RequestEncodingType.URL_ENCODED)]


def refuse(request: AnyRequest, error: Exception) -> Response[wire.OAuthErrorAnswer]:
    """OAuth's form of any refusal (RFC 6749 section 5.2)."""
    code, sentence, status, headers = _refusal(request, error)
    body = wire.OAuthErrorAnswer(error=code, description=sentence, error_description=sentence)
    return Response(body, status_code=status, headers=headers, media_type=MediaType.JSON)


def _refusal(request: AnyRequest, error: Exception) -> tuple[str, str, int, dict[str, str]]:
    if isinstance(error, OAuthError):
        if error.code == "invalid_client":
            return error.code, error.message, 401, {"WWW-Authenticate": 'Basic realm="Shiftline", charset="UTF-8"'}
        return error.code, error.message, 400, {}
    answer = answer_for(error, request.app.state.clock.now())
    if answer is None:
        log.error("request.failed", path=request.url.path, exc_info=error)
        answer = Answer(500, "server_error", "An error of ours; it was logged.")
    headers = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
    code = {503: "temporarily_unavailable", 500: "server_error", 429: "slow_down"}.get(answer.status, "invalid_request")
    status = 400 if isinstance(error, HTTPException) and answer.status == 415 else answer.status  # noqa: PLR2004
    return code, answer.message, status, headers


def credentials_of(request: AnyRequest, client_id: str | None, secret: str | None) -> tuple[str, str | None]:
    """The client's id and secret, from Basic or else the form (RFC 6749 section 2.3.1). Raises OAuthError."""
    header = request.headers.get("authorization")
    if header is None:
        if not client_id:
            raise OAuthError("invalid_client", "Say who the client is: by Basic, or by client_id in the form.")
        return client_id, secret or None
    scheme, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    name, colon, password = text.partition(":")
    if scheme.lower() != "basic" or not colon or not name or "\0" in text:
        raise OAuthError("invalid_client", "The Authorization header is not Basic with a client id and secret.")
    name = unquote_plus(name)
    if secret is not None or client_id not in (None, name):
        raise OAuthError("invalid_request", "Authenticate the client in one way only.")
    return name, unquote_plus(password)


@post(
    "/oauth/token",
    operation_id="postOauthToken",
    status_code=200,
    tags=["OAuth"],
    opt=FOR_CLIENTS,
    exception_handlers={Exception: refuse},
)
async def post_token(context: Context, request: AnyRequest, data: TokenBody) -> wire.TokenAnswer:
    """Issue a token: client_credentials, authorization_code (with Basic or PKCE) or refresh_token."""
    client_id, secret = credentials_of(request, data.client_id, data.client_secret)
    return wire.token_answer(await _grant(context, request.app.state.environment, data, (client_id, secret)))


async def _grant(
    context: Context, environment: str, data: wire.TokenForm, client: tuple[str, str | None]
) -> IssuedToken:
    client_id, secret = client
    match data.grant_type:
        case "client_credentials":
            return await grant_client_credentials(context, client_id, _needed(secret))
        case "refresh_token":
            if not data.refresh_token:
                raise OAuthError("invalid_request", "refresh_token is required.")
            return await refresh_token(context, client_id, _needed(secret), data.refresh_token)
        case "authorization_code":
            if not data.code or not data.redirect_uri:
                raise OAuthError("invalid_request", "code and redirect_uri are required.")
            proof = CodeProof(data.code, client_id, data.redirect_uri, data.code_verifier, secret)
            return await exchange_code(context, environment, proof)
        case other:
            raise OAuthError("unsupported_grant_type", f"There is no grant type {other!r} here.")


def _needed(secret: str | None) -> str:
    if secret is None:
        raise OAuthError("invalid_client", "This grant needs the client's secret.")
    return secret


@post(
    "/oauth/introspect",
    operation_id="postOauthIntrospect",
    status_code=200,
    tags=["OAuth"],
    opt=FOR_CLIENTS,
    exception_handlers={Exception: refuse},
)
async def post_introspect(context: Context, request: AnyRequest, data: QuestionBody) -> wire.IntrospectionAnswer:
    """Tell an authenticated client what a token of its organization stands for now."""
    client_id, secret = credentials_of(request, data.client_id, data.client_secret)
    async with context.reader() as reader:
        caller = await authenticate_client(reader, client_id, _needed(secret))
    return wire.introspection_answer(await introspect_token(context, caller, data.token))


@post(
    "/oauth/revoke",
    operation_id="postOauthRevoke",
    status_code=200,
    tags=["OAuth"],
    opt=FOR_CLIENTS,
    exception_handlers={Exception: refuse},
)
async def post_revoke(context: Context, request: AnyRequest, data: QuestionBody) -> None:
    """End a token of the calling client; an unknown one is no error. A public client names itself by client_id."""
    client_id, secret = credentials_of(request, data.client_id, data.client_secret)
    async with context.reader() as reader:
        if secret is not None:
            await authenticate_client(reader, client_id, secret)
        elif not any(
            known.client.grant_type == "CODE"
            for known in await find_clients(reader, request.app.state.environment, client_id)
        ):
            raise OAuthError("invalid_client", "This client must authenticate itself.")
    await revoke_token(context, client_id, data.token)


ROUTES = [post_token, post_introspect, post_revoke]
