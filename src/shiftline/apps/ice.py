"""The STUN and TURN servers that settings name, as softphones are told them and as web callers are."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from shiftline.foundation.settings import Settings, parse_ice_url
from shiftline.signalling.extensions.services import IceServer, Provider, with_credentials
from shiftline.signalling.model import Identity

Links = Callable[[str, datetime], list[dict[str, str]]]
"""For whom, and when (real time) -> RTCIceServer dictionaries: urls, username, credential."""


def ice_servers(settings: Settings) -> Sequence[IceServer] | Provider:
    """The STUN server, and the TURN server with credentials for each who asks, if one is set."""
    # A host on the softphone's own network needs no STUN; the entry keeps its client from insisting on a relay.
    stun = _ice_server(settings.stun_url) if settings.stun_url else IceServer("stun", settings.host)
    if not settings.turn_url:
        return [stun]
    return with_credentials([stun, _ice_server(settings.turn_url)], settings.turn_secret)


def servers_for_callers(settings: Settings) -> Links:
    """The same for web callers: only what is really set, since a browser takes an empty list as well."""
    named = [_ice_server(url) for url in (settings.stun_url, settings.turn_url) if url]
    provide = with_credentials(named, settings.turn_secret)

    def servers(caller: str, now: datetime) -> list[dict[str, str]]:
        found = provide(Identity("", caller, "", "", ""), now) if named else ()
        return [_as_browsers_name_it(server) for server in found]

    return servers


def _as_browsers_name_it(server: IceServer) -> dict[str, str]:
    transport = f"?transport={server.transport}" if server.transport else ""
    shown = {"urls": f"{server.type}:{server.host}:{server.port}{transport}"}
    if server.username is not None and server.password is not None:
        shown |= {"username": server.username, "credential": server.password}
    return shown


def _ice_server(text: str) -> IceServer:
    url = parse_ice_url(text)
    # COMPAT: the vendor's client puts its addresses together as they come, and an IPv6 address needs brackets there.
    host = f"[{url.host}]" if ":" in url.host else url.host
    return IceServer(cast("Any", url.scheme), host, url.port, url.transport or None)
