"""Text that PostgreSQL cannot hold is refused at the door: a NUL in a path or a query parameter."""

from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from shiftline.foundation.errors import Invalid, Problem


class Legible(ASGIMiddleware):
    """Raises Invalid for a path or query with a NUL; bodies name their fields by their own types."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look, go on."""
        if "\x00" in scope["path"]:
            raise Invalid(Problem("path", "holds a NUL character."))
        if b"%00" in scope["query_string"]:
            raise Invalid(Problem("query", "holds a NUL character."))
        await next_app(scope, receive, send)
