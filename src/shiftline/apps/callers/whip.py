"""A web caller's side of WHIP: an offer is posted to a queue, and everything else asked at the call's own address.

Source: RFC 9725, and this server's extensions: GET tells how the call stands, POST renews it.
"""

import asyncio
import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

_PATIENCE = 15.0
_CREATED = 201
_OK = 200
_AWAY = 500


class CallRefusedError(Exception):
    """The server did not take the call; the text is its sentence."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a running installation is reached: the host of its name, on an address and port, by its own authority."""

    host: str
    address: str
    port: int
    authority: Path

    async def ask(
        self, method: str, path: str, body: str = "", content_type: str = ""
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One request; status, headers by lower-case name, body. Raises OSError."""
        return await asyncio.to_thread(self._ask, method, path, body.encode(), content_type)

    def _ask(self, method: str, path: str, body: bytes, content_type: str) -> tuple[int, Mapping[str, str], bytes]:
        trust = ssl.create_default_context(cafile=str(self.authority))
        client = http.client.HTTPConnection(self.host, self.port, timeout=_PATIENCE)
        with socket.create_connection((self.address, self.port), timeout=_PATIENCE) as plain:
            client.sock = trust.wrap_socket(plain, server_hostname=self.host)
            client.request(method, path, body or None, {"Content-Type": content_type} if content_type else {})
            answer = client.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            content = answer.read()
            client.close()
        return answer.status, headers, content


class WhipCall:
    """One call: begun by an offer, at an address that only its caller knows."""

    def __init__(self, edge: Edge, queue_id: str, name: str) -> None:
        self._edge = edge
        self._begin_at = f"/api/v2/shiftline/calls/whip/{quote(queue_id)}?name={quote(name)}"
        self._address: str | None = None

    async def offer(self, sdp: str) -> str:
        """Call, or go on with a call whose media process died; the server's answer. Raises CallRefusedError, OSError."""
        wanted, path = (_CREATED, self._begin_at) if self._address is None else (_OK, self._address)
        status, headers, body = await self._edge.ask("POST", path, sdp, "application/sdp")
        if status != wanted:
            raise CallRefusedError(_sentence(status, body))
        if self._address is None:
            self._address = urlsplit(headers["location"]).path
        return body.decode()

    async def look(self) -> Mapping[str, Any] | None:
        """How the call stands; None while the server cannot say. Raises CallRefusedError when it is not known any more."""
        assert self._address is not None
        try:
            status, _, body = await self._edge.ask("GET", self._address)
        except OSError:
            return None
        if status >= _AWAY:
            return None
        if status != _OK:
            raise CallRefusedError(_sentence(status, body))
        return json.loads(body)

    async def hang_up(self) -> None:
        """End the call; nothing where there is none. Raises OSError."""
        if self._address is not None:
            await self._edge.ask("DELETE", self._address)


def _sentence(status: int, body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {status}."
