"""What runs where in a cluster on one machine, as children to keep; starts nothing."""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import msgspec

from shiftline.apps.cluster.network import HUB, Network
from shiftline.apps.engines.caddy import Edge
from shiftline.apps.engines.nats import cluster_member
from shiftline.apps.engines.postgres import Postgres
from shiftline.apps.engines.postgres_cluster import DATABASE, ROLE
from shiftline.apps.engines.replica import Replica
from shiftline.apps.running import DEMO, program_environment
from shiftline.apps.supervisor.child import Child, Gate
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.foundation.settings import Settings

NODES = ("a", "b")
"""Those that do the work."""
ALONE = "c"
"""Has a NATS server and nothing else, so that two of three are left when a node is lost."""
PROGRAMS = ("api", "signalling", "media", "worker", "router")

# Ports of addresses that are ours alone.
_DATABASE, _REPLICA, _NATS, _ROUTES = 25432, 25433, 24222, 26222
_PORTS = {"api": 28081, "signalling": 28082, "worker": 28083, "router": 28084, "media": 28085}
_SHIFTLINE = (sys.executable, "-P", "-m", "shiftline.apps.cli", "run")


@dataclass(frozen=True)
class Plan:
    """A cluster on the folder, in the network, as clients see it at `environment`."""

    folder: DataFolder
    network: Network
    environment: str
    bind: str
    port: int
    demo: bool = False

    @property
    def shiftline(self) -> tuple[str, ...]:
        """The command that runs a program of Shiftline, before its name."""
        return _SHIFTLINE

    def primary(self, server: Postgres) -> Postgres:
        """Return the database as the nodes reach it."""
        # A standby that stays away is given up before the disk is full.
        return replace(server, log_settings=self._told(server, _DATABASE) | {"max_slot_wal_keep_size": "1GB"})

    def standby(self, made: Replica) -> Replica:
        """Return the standby as the nodes reach it."""
        return Replica(made.server, {**made.settings, **self._told(made.server, _REPLICA)})

    def _told(self, server: Postgres, port: int) -> dict[str, str]:
        """What a server is told so that the nodes' programs may come in, and nobody else."""
        entry = server.cluster.parent / "pg_hba.conf"
        entry.touch(mode=0o600)
        entry.write_text(
            "local all all scram-sha-256\n"
            "local replication postgres scram-sha-256\n"
            f"host all {ROLE} {self.network.addresses} scram-sha-256\n"
        )
        if server.account is not None:
            os.chown(entry, server.account.uid, server.account.gid)
        return {
            "listen_addresses": self.network.address(HUB),
            "port": str(port),
            "hba_file": str(entry),
            "max_connections": "200",
        }

    def url(self, server: Postgres, port: int = _DATABASE) -> str:
        """The URL by which nodes reach a database server."""
        return f"postgresql://{ROLE}:{quote(server.password)}@{self.network.address(HUB)}:{port}/{DATABASE}"

    def settings(self, server: Postgres, keys: tuple[Path, Path]) -> Settings:
        """The settings that all programs share; `keys` are the files of the recordings' and of the ledger's."""
        return Settings(
            environment=self.environment,
            database_url=self.url(server),
            replica_url=self.url(server, _REPLICA),
            nats_url=",".join(
                f"nats://{quote(self.folder.secret('nats'))}@{self.network.address(node)}:{_NATS}"
                for node in (*NODES, ALONE)
            ),
            objects_url=(self.folder.path / "objects").as_uri(),
            listen=f"{self.network.address(HUB)}:0",
            recording_keys=keys[0],
            ledger_keys=keys[1],
        )

    def nats(self) -> list[Child]:
        """The three NATS servers."""
        everywhere = (*NODES, ALONE)
        routes = [f"{self.network.address(node)}:{_ROUTES}" for node in everywhere]
        ports = _NATS, _ROUTES
        members = {
            node: cluster_member(self.folder, f"{node}.nats", self.network.address(node), ports, routes)
            for node in everywhere
        }
        return [replace(member, command=self.network.on(node, member.command)) for node, member in members.items()]

    def programs(self, settings: Settings, node: str, gate: Gate) -> list[Child]:
        """Shiftline's programs of one node; they load at once, and serve from the opening of the gate."""
        return [replace(self._program(settings, node, name), gate=gate) for name in PROGRAMS]

    def _program(self, settings: Settings, node: str, name: str) -> Child:
        address = self.network.address(node)
        own = msgspec.structs.replace(
            settings,
            listen=f"{address}:{_PORTS[name]}",
            node=node,
            media_slot=f"{node}.media",
            media_addresses=(address,),
            spool=self.folder.path / "spool" / node,
        )
        return Child(
            name=f"{node}.{name}",
            command=self.network.on(node, (*_SHIFTLINE, name)),
            environment={**program_environment(own), DEMO: str(self.folder.path) if self.demo else ""},
            stop_within=3.2,
        )

    def edge(self) -> Edge:
        """The edge in front of all nodes."""
        return Edge(
            environment=self.environment,
            bind=self.bind,
            port=self.port,
            api_nodes=self._of_all("api"),
            signalling_nodes=self._of_all("signalling"),
        )

    def places(self) -> dict[str, dict[str, str]]:
        """Where each program of each node listens, HOST:PORT."""
        return {node: {name: f"{self.network.address(node)}:{_PORTS[name]}" for name in PROGRAMS} for node in NODES}

    def _of_all(self, program: str) -> tuple[str, ...]:
        return tuple(f"{self.network.address(node)}:{_PORTS[program]}" for node in NODES)


def superuser_url(folder: DataFolder, server: Postgres, port: int) -> str:
    """The URL of a server's superuser, by its socket."""
    secret = folder.secret("postgres-superuser")
    return f"postgresql://postgres:{quote(secret)}@/postgres?host={quote(str(server.sockets), safe='')}&port={port}"


def ports_of_databases() -> tuple[int, int]:
    """The primary's port and the standby's."""
    return _DATABASE, _REPLICA
