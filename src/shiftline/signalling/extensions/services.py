"""External services: the STUN and TURN servers a softphone may use. Source: XEP-0215.

Without a STUN server in the answer the vendor's client goes by relay only, and a call without TURN never connects; so the
list of STUN servers is never empty.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from shiftline.signalling.answers import Request
from shiftline.signalling.effects import Dated, Output
from shiftline.signalling.model import Identity
from shiftline.signalling.stanza import NS_SERVICES, escape_attribute, qualified
from shiftline.signalling.stream import Extension, RequestHandler, State, Stream

LIFETIME = timedelta(hours=7)
"""Of TURN credentials. The vendor's client asks for others every six hours, and a relay looks at them only when a call begins."""


@dataclass(frozen=True, slots=True)
class IceServer:
    """One STUN or TURN server as browsers need it; credentials for TURN only, which end at ``expires`` (UTC)."""

    type: Literal["stun", "stuns", "turn", "turns"]
    host: str
    port: int = 3478
    transport: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    expires: str | None = None

    def element(self) -> str:
        """The ``<service/>`` element."""
        given = ((f.name, getattr(self, f.name)) for f in fields(self))
        members = " ".join(f'{name}="{escape_attribute(str(value))}"' for name, value in given if value is not None)
        return f"<service {members}/>"


Provider: TypeAlias = Callable[[Identity, datetime], Sequence[IceServer]]
"""Who asks, and when (real time) -> the servers for them."""


def with_credentials(servers: Sequence[IceServer], secret: str) -> Provider:
    """A provider that makes credentials for the TURN servers among these; the relay knows the same secret.

    Source: draft-uberti-behave-turn-rest-00 (coturn's ``use-auth-secret``).
    """

    def provide(identity: Identity, now: datetime) -> Sequence[IceServer]:
        expires = now + LIFETIME
        username = f"{int(expires.timestamp())}:{identity.person_id}"
        # SHA-1 is the scheme's own; as a key-dependent hash it is not broken
        password = base64.b64encode(hmac.digest(secret.encode(), username.encode(), hashlib.sha1)).decode()
        until = expires.strftime("%Y-%m-%dT%H:%M:%SZ")
        return [
            replace(server, username=username, password=password, expires=until)
            if server.type in {"turn", "turns"}
            else server
            for server in servers
        ]

    return provide


def extension(servers: Sequence[IceServer] | Provider) -> Extension:
    """The extension for these servers, or for those that a provider names to each who asks.

    Raises ValueError where servers are given without a STUN server among them.
    """
    if callable(servers):
        return _extension(_provided_by(servers))
    _require_stun(servers)
    lists = {kind: _listed(servers, kind) for kind in (None, "stun", "turn")}

    def list_services(_stream: Stream, request: Request) -> Sequence[Output]:
        kind = request.payload.get("type")
        listed = lists.get(kind)
        return (_answer(request, _listed(servers, kind) if listed is None else listed),)

    return _extension(list_services)


def _provided_by(provider: Provider) -> RequestHandler:
    def list_services(stream: Stream, request: Request) -> Sequence[Output]:
        identity = stream.identity
        assert identity is not None  # only the live ask

        def write(now: datetime) -> str:
            servers = provider(identity, now)
            _require_stun(servers)
            return _answer(request, _listed(servers, request.payload.get("type")))

        return (Dated(write),)

    return list_services


def _extension(handler: RequestHandler) -> Extension:
    asked_by = (qualified(namespace, "services") for namespace in NS_SERVICES)
    return Extension(name="services", requests={(State.LIVE, "get", name): handler for name in asked_by})


def _require_stun(servers: Sequence[IceServer]) -> None:
    if not any(server.type in {"stun", "stuns"} for server in servers):
        raise ValueError(
            "name at least one STUN server: without one the vendor's client never connects a call directly"
        )


def _listed(servers: Sequence[IceServer], kind: str | None) -> str:
    """The elements of one kind, or of all. The client asks for "turn" and for "stun", and takes the secure ones along."""
    wanted = {kind, f"{kind}s"} if kind in {"stun", "turn"} else {kind}
    return "".join(server.element() for server in servers if kind is None or server.type in wanted)


def _answer(request: Request, listed: str) -> str:
    kind = request.payload.get("type")
    asked = f' type="{escape_attribute(kind)}"' if kind is not None else ""
    return request.result(f'<services xmlns="{request.payload.namespace}"{asked}>{listed}</services>')
