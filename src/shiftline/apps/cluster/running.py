"""Brings a cluster up in its order, obeys until it is told to stop, and takes everything down."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from shiftline.apps.cluster import control
from shiftline.apps.cluster.keeping import Keeper
from shiftline.apps.cluster.network import Kind, Network, choose_network
from shiftline.apps.cluster.plan import ALONE, NODES, Plan, ports_of_databases, superuser_url
from shiftline.apps.engines import postgres, replica
from shiftline.apps.engines.caddy import caddy_child, certificate_authority
from shiftline.apps.engines.ports import require_free
from shiftline.apps.engines.postgres import Postgres
from shiftline.apps.running import SAMPLE_SECRET, program_environment, remove_note, write_note
from shiftline.apps.supervisor.child import Child, ChildFailedError, Gate, StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.apps.supervisor.keyfile import place_key_file, place_ledger_keys
from shiftline.apps.supervisor.progress import Progress
from shiftline.apps.supervisor.supervise import Supervisor, raise_open_files
from shiftline.foundation.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Clustering:
    """What to run: clients see it at `environment`, the edge listens on `port` of `bind`."""

    data: Path
    environment: str
    port: int
    bind: str
    network: Kind | None = None
    demo: bool = False
    json: bool = False


def run(clustering: Clustering) -> int:
    """Run until a signal says stop; returns the exit code. Refusals are printed as plain sentences."""
    progress = Progress()
    network: Network | None = None
    try:
        postgres.require_usable(clustering.data)
        control.path_of(clustering.data)
        folder = DataFolder.open(clustering.data)
        lock = folder.lock()
        require_free(clustering.bind, clustering.port)
        raise_open_files()
        network = choose_network((*NODES, ALONE), clustering.network)
        plan = Plan(folder, network, clustering.environment, clustering.bind, clustering.port, clustering.demo)
        try:
            network.make()
            asyncio.run(_Cluster(plan, progress).serve(announce=clustering.json))
        finally:
            network.remove()
            os.close(lock)
    except StartRefusedError as refusal:
        progress.say(str(refusal), "red")
        return 2
    except ChildFailedError as failure:
        progress.say(str(failure), "red")
        return 1
    return 0


class _Cluster:
    def __init__(self, plan: Plan, progress: Progress) -> None:
        self._plan = plan
        self._progress = progress
        self._keeper = Keeper(plan.folder, progress.say)
        self._standby: Postgres | None = None

    async def serve(self, *, announce: bool) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        stopping, coming_up = asyncio.create_task(stop.wait()), asyncio.create_task(self._come_up())
        obeying: asyncio.Server | None = None
        try:
            await asyncio.wait({coming_up, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if coming_up.done():
                obeying = await control.listen(self._plan.folder.path, self._commands())
                self._announce(coming_up.result(), announce=announce)
                await stopping
        finally:
            coming_up.cancel()
            await asyncio.gather(coming_up, return_exceptions=True)
            if obeying is not None:
                obeying.close()
            async with self._progress.step("stopping"):
                await self._keeper.stop()
            remove_note(self._plan.folder)
            control.path_of(self._plan.folder.path).unlink(missing_ok=True)

    async def _come_up(self) -> Mapping[str, Any]:
        plan, keeper = self._plan, self._keeper
        server = postgres.choose_place(plan.folder, self._progress.say)
        keys = place_key_file(plan.folder, None), place_ledger_keys(plan.folder, None)
        settings = plan.settings(server, keys)
        prepared = Gate()
        loading = asyncio.create_task(
            keeper.start(*(child for node in NODES for child in plan.programs(settings, node, prepared)))
        )
        try:
            ready = await self._bring_up(server, settings)
            prepared.open()
            async with self._progress.step("starting the nodes"):
                await loading
        finally:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)
        return ready

    async def _bring_up(self, server: Postgres, settings: Settings) -> Mapping[str, Any]:
        """Bring up the engines and prepare the database; what the ready line says."""
        plan, keeper = self._plan, self._keeper
        async with self._progress.step("preparing the database server"):
            await asyncio.to_thread(postgres.make, plan.folder, server)
        primary = plan.primary(server)
        async with self._progress.step("starting the database, the bus and the edge"):
            await keeper.start(primary.child(), *plan.nats(), caddy_child(plan.folder, plan.edge()))
        async with self._progress.step("making the replica"):
            made = await asyncio.to_thread(replica.make, plan.folder, primary, self._progress.say)
            await keeper.start(plan.standby(made).child())
            self._standby = made.server
        write_note(plan.folder, settings, (plan.bind, plan.port))
        async with self._progress.step("preparing the database"):
            prepared = await self._prepare(settings)
        return {
            "event": "ready",
            "environment": settings.environment,
            "apiUrl": settings.api_url,
            "caCertificate": str(certificate_authority(plan.folder)),
            "network": plan.network.kind,
            "nodes": plan.places(),
            **prepared,
        }

    async def _prepare(self, settings: Settings) -> Mapping[str, Any]:
        secret = self._plan.folder.secret("sample")
        command = (*self._plan.shiftline, "prepare", *(("--demo",) if self._plan.demo else ()))
        child = Child(
            name="prepare", command=command, environment={**program_environment(settings), SAMPLE_SECRET: secret}
        )
        said = json.loads(await Supervisor(self._plan.folder, self._progress.say).run(child) or b"{}")
        if "refused" in said:
            raise StartRefusedError(said["refused"])
        return said.get("prepared", {})

    def _announce(self, ready: Mapping[str, Any], *, announce: bool) -> None:
        if announce:
            with contextlib.suppress(BrokenPipeError):
                print(json.dumps(ready), flush=True)
            return
        self._progress.say(
            f"Two nodes serve https://apps.{ready['environment']} ({ready['network']}). "
            f"Lose one: scripts/cluster lose a --data {self._plan.folder.path}"
        )

    def _commands(self) -> dict[str, control.Command]:
        return {
            "lose": self._keeper.lose,
            "return": self._keeper.call_back,
            "restart": self._keeper.restart,
            "cut": partial(self._link, state="down"),
            "mend": partial(self._link, state="up"),
            "lag": partial(self._replay, statement="select pg_wal_replay_pause()"),
            "catch-up": partial(self._replay, statement="select pg_wal_replay_resume()"),
            "status": self._status,
        }

    async def _status(self, target: str) -> dict[str, Any]:
        del target
        return {"runs": self._keeper.pids(), "lost": self._keeper.lost, "network": self._plan.network.kind}

    async def _link(self, target: str, *, state: Any) -> list[str]:
        if target not in self._plan.network.nodes:
            raise StartRefusedError(f"{target!r} is no node: choose one of {', '.join(self._plan.network.nodes)}.")
        await asyncio.to_thread(self._plan.network.link, target, state)
        return [target]

    async def _replay(self, target: str, *, statement: Any) -> list[str]:
        del target
        assert self._standby is not None
        url = superuser_url(self._plan.folder, self._standby, ports_of_databases()[1])
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=3) as connection:
                await connection.execute(statement)
        except psycopg.Error as error:
            raise StartRefusedError(f"The replica does not answer: {str(error).strip()}") from None
        return ["replica"]
