"""Who calls: the bearer token, looked up on every request, never remembered."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from shiftline.foundation.context import Actor
from shiftline.foundation.errors import Refused, Unauthenticated
from shiftline.foundation.web.limits import RateLimits

Authenticate: TypeAlias = Callable[[str], Awaitable[Actor]]


class Authentication(ASGIMiddleware):
    """Puts the ``Actor`` into the request's state.

    Routes marked ``public=True`` are for everybody, and with ``token_if_given=True`` a token that is sent must be good;
    those marked ``even_if_barred=True`` are also for a deactivated person.
    """

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Authenticate, count, go on. Raises Unauthenticated, LimitReached, Unavailable."""
        if scope["type"] != "http" or _is_open(scope):
            await next_app(scope, receive, send)
            return
        token = _bearer(scope["headers"])
        authenticate: Authenticate = scope["litestar_app"].state.authenticate
        actor = await authenticate(token)
        if actor.barred is not None and not scope["route_handler"].opt.get("even_if_barred"):
            raise Refused(actor.barred)
        state = scope["state"]
        state["actor"] = actor
        if actor.token_digest is not None:
            state["limit_headers"] = self._limits.count(
                actor.token_digest, scope["litestar_app"].state.clock.real_now()
            )
        await next_app(scope, receive, send)


def _is_open(scope: Scope) -> bool:
    opt = scope["route_handler"].opt  # type: ignore[typeddict-item]
    sent = any(name == b"authorization" for name, _ in scope["headers"])
    return bool(opt.get("public")) and not (sent and opt.get("token_if_given"))


def _bearer(headers: object) -> str:
    values = [value for name, value in headers if name == b"authorization"]  # type: ignore[attr-defined]
    scheme, _, token = values[0].decode("latin-1").partition(" ") if values else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(
            "authentication.required", "No authentication bearer token specified in authorization header."
        )
    return token.strip()
