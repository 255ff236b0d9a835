"""Ports on this machine: free ones for our own upstreams, and a clear word when the edge's is taken."""

import errno
import os
import socket
from itertools import islice

from shiftline.apps.supervisor.child import StartRefusedError

LOOPBACK = "127.0.0.1"
# Below the range from which the kernel gives ports to outgoing connections (32768 on Linux): none of those can take a
# port between our choice and its use.
_LOWEST, _HIGHEST = 20_000, 32_700
# Installations that start at the same time do not see each other's choices until these are served on: each looks in a block
# of its own first.
_BLOCK = 20


def choose_ports(count: int) -> list[int]:
    """Return `count` different free ports of the loopback address. Raises StartRefusedError where there are not as many."""
    span = _HIGHEST - _LOWEST
    first = os.getpid() * _BLOCK
    ports = (_LOWEST + (first + place) % span for place in range(span))
    chosen = list(islice((port for port in ports if _error_of_binding(LOOPBACK, port) is None), count))
    if len(chosen) < count:
        raise StartRefusedError(f"Of {LOOPBACK}'s ports from {_LOWEST} to {_HIGHEST - 1} fewer than {count} are free.")
    return chosen


def require_free(address: str, port: int) -> None:
    """Raise StartRefusedError when `address`:`port` cannot be served on."""
    error = _error_of_binding(address, port)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        raise StartRefusedError(f"Port {port} of {address} is in use by another program. Choose another with --port.")
    raise StartRefusedError(f"Shiftline cannot serve on {address} port {port}: {error.strerror}.")


def _error_of_binding(address: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        return error
    return None
