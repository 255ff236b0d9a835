"""``Idempotency-Key``: a repeat of a write answers what the first one answered, and does nothing."""

import hashlib
from contextlib import AbstractAsyncContextManager

from litestar.middleware import ASGIMiddleware
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import ASGIApp, HTTPRequestEvent, Message, Receive, Scope, Send

from shiftline.foundation.context import Actor
from shiftline.foundation.database import SQL, Database, Reader
from shiftline.foundation.errors import Conflict, Invalid, Problem
from shiftline.foundation.ids import is_well_formed
from shiftline.foundation.revisions import Reading

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Idempotency(ASGIMiddleware):
    """Replays stored answers by (organization, actor, key). The key itself is claimed inside the write's transaction."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Replay, or run and keep the answer. Raises Conflict when the key came with another request."""
        key = _key(scope)
        actor: Actor | None = scope.get("state", {}).get("actor")
        if scope["type"] != "http" or key is None or actor is None:
            await next_app(scope, receive, send)
            return
        scope["state"]["idempotency_key"] = key
        body = await _whole_body(receive)
        request_hash = hashlib.sha256(b"\0".join((scope["method"].encode(), scope["raw_path"], body))).hexdigest()
        database: Database = scope["litestar_app"].state.database
        mine = {"organization_id": actor.organization_id, "actor_id": actor.id, "key": key}
        reading = scope["state"]["reading"] = Reading(scope["litestar_app"].state.revisions)
        if await _replay(reading.reader(database), mine, request_hash, send):
            return
        kept = _Kept()
        await next_app(scope, _receive_again(body), kept.sender(send))
        if kept.status < HTTP_500_INTERNAL_SERVER_ERROR:
            async with database.reader() as reader:
                await reader.connection.execute(
                    SQL["keep_idempotent_answer"],
                    {**mine, "request_hash": request_hash, "status": kept.status,
                     "content_type": kept.content_type, "answer": bytes(kept.body)},
                )  # fmt: skip


class _Kept:
    """An answer on its way out, kept as it passes."""

    def __init__(self) -> None:
        self.status = 500
        self.content_type = "application/json"
        self.body = bytearray()

    def sender(self, send: Send) -> Send:
        async def keeping(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                found = [v for k, v in message["headers"] if k.lower() == b"content-type"]
                self.content_type = found[0].decode("latin-1") if found else ""
            elif message["type"] == "http.response.body":
                self.body += message["body"]
            await send(message)

        return keeping


def _key(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] not in WRITES:
        return None
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"idempotency-key"]
    if values and not is_well_formed(values[0]):
        raise Invalid(Problem("Idempotency-Key", "must be 1-100 characters of letters, digits and _.:@-."))
    return values[0] if values else None


async def _whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message["body"]
        if not message["more_body"]:
            return bytes(body)


def _receive_again(body: bytes) -> Receive:
    async def receive() -> HTTPRequestEvent:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _replay(
    looking: AbstractAsyncContextManager[Reader], mine: dict[str, str], request_hash: str, send: Send
) -> bool:
    async with looking as reader:
        row = await reader.one(SQL["find_idempotent_answer"], mine)
    if row is None or row["status"] is None:
        return False
    if row["request_hash"] != request_hash:
        raise Conflict("This Idempotency-Key was used for another request.", code="idempotency.key.reused")
    headers = [(b"content-type", row["content_type"].encode("latin-1")), (b"idempotency-replayed", b"true")]
    await send({"type": "http.response.start", "status": row["status"], "headers": headers})
    await send({"type": "http.response.body", "body": bytes(row["answer"]), "more_body": False})
    return True
