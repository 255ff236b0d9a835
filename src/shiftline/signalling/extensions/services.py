"""External services: the STUN and TURN servers a softphone may use. Source: XEP-0215.

Without a STUN server in the answer the vendor's client goes by relay only, and a call without TURN never connects; so the
list of STUN servers is never empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

from shiftline.signalling.answers import Request
from shiftline.signalling.effects import Output
from shiftline.signalling.stanza import NS_SERVICES, escape_attribute, qualified
from shiftline.signalling.stream import Extension, State, Stream


@dataclass(frozen=True, slots=True)
class IceServer:
    """One STUN or TURN server as browsers need it; credentials for TURN only."""

    type: Literal["stun", "stuns", "turn", "turns"]
    host: str
    port: int = 3478
    transport: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def element(self) -> str:
        """The ``<service/>`` element."""
        given = ((f.name, getattr(self, f.name)) for f in fields(self))
        members = " ".join(f'{name}="{escape_attribute(str(value))}"' for name, value in given if value is not None)
        return f"<service {members}/>"


def extension(servers: Sequence[IceServer]) -> Extension:
    """The extension for these servers.

    Raises ValueError without a STUN server among them.
    """
    if not any(server.type == "stun" for server in servers):
        raise ValueError(
            "name at least one STUN server: without one the vendor's client never connects a call directly"
        )
    kinds = {server.type for server in servers} | {"stun", "turn"}
    elements = {kind: "".join(server.element() for server in servers if server.type == kind) for kind in kinds}
    # the client asks once for "turn" and once for "stun", and takes the secure ones along with each
    lists = {kind: elements[kind] + elements.get(f"{kind}s", "") for kind in ("stun", "turn")}
    everything = "".join(server.element() for server in servers)

    def list_services(_stream: Stream, request: Request) -> Sequence[Output]:
        kind = request.payload.get("type")
        listed = everything if kind is None else lists.get(kind, elements.get(kind, ""))
        asked = f' type="{escape_attribute(kind)}"' if kind is not None else ""
        return (request.result(f'<services xmlns="{request.payload.namespace}"{asked}>{listed}</services>'),)

    asked_by = (qualified(namespace, "services") for namespace in NS_SERVICES)
    return Extension(name="services", requests={(State.LIVE, "get", name): list_services for name in asked_by})
