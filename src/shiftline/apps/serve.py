"""Everything on one machine: the engines, the programs and the edge of one data folder, put together and kept."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from shiftline.apps.callers import child as callers
from shiftline.apps.engines import postgres
from shiftline.apps.engines.archiving import archive_into
from shiftline.apps.engines.caddy import Edge, caddy_child, certificate_authority
from shiftline.apps.engines.nats import nats_child, nats_url
from shiftline.apps.engines.ports import LOOPBACK, choose_ports, require_free
from shiftline.apps.running import DEMO, SAMPLE_SECRET, program_environment, remove_note, write_note
from shiftline.apps.supervisor.child import Child, ChildFailedError, Gate, StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.apps.supervisor.keyfile import place_key_file, place_ledger_keys
from shiftline.apps.supervisor.progress import Progress
from shiftline.apps.supervisor.supervise import Supervisor, raise_open_files
from shiftline.apps.welcome import welcome
from shiftline.foundation.settings import CallSettings, ExportSettings, Settings, parse_origins

USUAL_MEDIA_PROCESSES = 8
"""Media processes that are started unless more are asked for, however many cores there are."""

# -P: a file in the current folder must not shadow a module.
_SHIFTLINE = (sys.executable, "-P", "-m", "shiftline.apps.cli", "run")


@dataclass(frozen=True, kw_only=True)
class Programs:
    """The commands of Shiftline's own programs; `prepare` ends before the others start."""

    prepare: tuple[str, ...] = (*_SHIFTLINE, "prepare")
    api: tuple[str, ...] = (*_SHIFTLINE, "api")
    signalling: tuple[str, ...] = (*_SHIFTLINE, "signalling")
    worker: tuple[str, ...] = (*_SHIFTLINE, "worker")
    router: tuple[str, ...] = (*_SHIFTLINE, "router")
    media: tuple[str, ...] = (*_SHIFTLINE, "media")
    call: tuple[str, ...] = callers.COMMAND


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What to serve: `environment` is HOST[:PORT] as clients see it, `port` and `bind` where the edge listens.

    `clock` is the instant at which the application's clock starts, None for the machine's own. `recording_keys` is the file
    of the keys by which recordings are encrypted, None for where it was at the last start, else in the folder; `ledger_keys`
    likewise that of the keys that sign the ledger; `archive_to` the folder of backups into which the database's log is archived.
    `media_processes` 0 means one for each core, of some; so many `callers` ring once all is ready.
    """

    data: Path
    environment: str
    port: int
    bind: str = LOOPBACK
    demo: bool = False
    clock: datetime | None = None
    recording_keys: Path | None = None
    ledger_keys: Path | None = None
    archive_to: Path | None = None
    media_processes: int = 0
    callers: int = 0
    json: bool = False
    programs: Programs = field(default_factory=Programs)


def serve(serving: Serving) -> int:
    """Serve until a signal says stop; returns the exit code. Refusals are printed as plain sentences."""
    progress = Progress()
    calls = CallSettings.of_calls(os.environ)
    try:
        postgres.require_usable(serving.data)
        if not serving.data.exists():  # a start that is refused leaves no empty folder behind
            require_free(serving.bind, serving.port)
        folder = DataFolder.open(serving.data)
        lock = folder.lock()
        require_free(serving.bind, serving.port)
        calls = _calls(serving, folder, calls)
        raise_open_files()
        try:
            asyncio.run(_serve(serving, folder, calls, progress))
        finally:
            os.close(lock)
    except StartRefusedError as refusal:
        progress.say(str(refusal), "red")
        return 2
    except ChildFailedError as failure:
        progress.say(str(failure), "red")
        return 1
    except OSError as error:
        progress.say(f"Shiftline cannot start: {error.strerror} ({error.filename}).", "red")
        return 1
    return 0


async def _serve(serving: Serving, folder: DataFolder, calls: CallSettings, progress: Progress) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    supervisor = Supervisor(folder, progress.say, owns_process=True)
    stopping = asyncio.create_task(stop.wait())
    coming_up = asyncio.create_task(_come_up(serving, folder, calls, supervisor, progress))
    tasks: list[asyncio.Task[Any]] = [coming_up]
    try:
        await asyncio.wait({coming_up, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if coming_up.done():
            _announce(serving, coming_up.result(), progress)
            supervisor.watch()
            if serving.callers:
                ringing = callers.callers_child(folder.path, serving.callers, command=serving.programs.call)
                tasks.append(asyncio.create_task(supervisor.follow(ringing, progress.say)))
            await stopping
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with progress.step("stopping"):
            await supervisor.stop()
        remove_note(folder)


async def _come_up(
    serving: Serving, folder: DataFolder, calls: CallSettings, supervisor: Supervisor, progress: Progress
) -> Mapping[str, Any]:
    """Start everything in order and return the ready line.

    Shiftline's programs load, which costs a second of processor each, while the database is made and starts; each waits
    at a gate before it touches an engine: `prepare` until the database serves, the others until it is prepared.
    """
    server = postgres.choose_place(folder, progress.say)
    if serving.archive_to is not None:
        server = replace(server, log_settings=archive_into(serving.archive_to, server.account))
    nats_port, *ports = choose_ports(5 + calls.media_processes)
    settings = _settings(serving, folder, calls, (server.url, nats_url(folder, nats_port)))
    served, filled = Gate(), Gate()
    preparing = asyncio.create_task(_prepare(serving, folder, supervisor, settings, served))
    loading = asyncio.create_task(supervisor.start(*_programs(serving, settings, ports, filled)))
    try:
        async with progress.step("preparing the database server"):
            await asyncio.to_thread(_make_database, folder, server)
        async with progress.step("starting the database, the bus and the edge"):
            edge = caddy_child(folder, _edge(serving, settings, ports))
            await supervisor.start(server.child(), nats_child(folder, nats_port), edge)
        write_note(folder, settings, (serving.bind, serving.port))
        served.open()
        is_new = _unfinished(folder).exists()
        doing = "loading the sample contact centre" if serving.demo and is_new else "preparing the database"
        async with progress.step(doing):
            prepared = await preparing
        _unfinished(folder).unlink(missing_ok=True)
        filled.open()
        async with progress.step("starting Shiftline"):
            await loading
    finally:
        preparing.cancel()
        loading.cancel()
        await asyncio.gather(preparing, loading, return_exceptions=True)
    return {
        "event": "ready",
        "environment": settings.environment,
        "apiUrl": settings.api_url,
        "caCertificate": str(certificate_authority(folder)),
        "recordingKeys": str(settings.recording_keys),
        **prepared,
    }


def _unfinished(folder: DataFolder) -> Path:
    """Return the mark of a first start that has not come to its end."""
    return folder.path / "unfinished"


def _make_database(folder: DataFolder, server: postgres.Postgres) -> None:
    """Make the database where there is none; anew where a first start was cut short, which nobody can have used."""
    unfinished = _unfinished(folder)
    if unfinished.exists():
        server.clear_leftovers()
        shutil.rmtree(server.cluster, ignore_errors=True)
    if not server.cluster.exists():
        unfinished.touch()
    postgres.make(folder, server)


def _edge(serving: Serving, settings: Settings, ports: Sequence[int]) -> Edge:
    api_port, signalling_port, *_ = ports
    return Edge(
        environment=settings.environment,
        bind=serving.bind,
        port=serving.port,
        api_port=api_port,
        signalling_port=signalling_port,
    )


def _calls(serving: Serving, folder: DataFolder, told: CallSettings) -> CallSettings:
    """What calls are told on this folder, by the environment and the flags; the file of keys is made where there is none."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return msgspec.structs.replace(
        told,
        recording_keys=place_key_file(folder, serving.recording_keys or told.recording_keys),
        ledger_keys=place_ledger_keys(folder, serving.ledger_keys or told.ledger_keys),
        spool=told.spool or folder.path / "spool",
        media_processes=serving.media_processes or told.media_processes or min(cores, USUAL_MEDIA_PROCESSES),
    )


def _exports(folder: DataFolder) -> ExportSettings:
    """Where legal exports go: below the folder unless the environment says otherwise."""
    told = ExportSettings.of_exports(os.environ)
    return msgspec.structs.replace(told, folder=told.folder or folder.path / "exports")


def _settings(serving: Serving, folder: DataFolder, calls: CallSettings, urls: tuple[str, str]) -> Settings:
    """The settings of every program; `urls` are the database's and the bus's."""
    return Settings(
        environment=serving.environment,
        database_url=urls[0],
        nats_url=urls[1],
        objects_url=(folder.path / "objects").as_uri(),
        archive_to=serving.archive_to,
        imports=_imports(folder),
        listen=f"{LOOPBACK}:0",
        clock_offset=timedelta(0) if serving.clock is None else serving.clock - datetime.now(UTC),
        cors_origins=parse_origins(os.environ.get("SHIFTLINE_CORS_ORIGINS", "")),
        exports=_exports(folder),
        alone=True,
        **msgspec.structs.asdict(calls),
    )


def _imports(folder: DataFolder) -> Path:
    """The folder below which imports may be read: one that is named, else one in the data folder."""
    told = os.environ.get("SHIFTLINE_IMPORTS")
    place = Path(told).absolute() if told else folder.path / "imports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


async def _prepare(
    serving: Serving, folder: DataFolder, supervisor: Supervisor, settings: Settings, gate: Gate
) -> Mapping[str, Any]:
    environment = {**program_environment(settings), SAMPLE_SECRET: folder.secret("sample")}
    command = (*serving.programs.prepare, *(("--demo",) if serving.demo else ()))
    child = Child(name="prepare", command=command, environment=environment, gate=gate)
    said = json.loads(await supervisor.run(child) or b"{}")
    if "refused" in said:
        raise StartRefusedError(said["refused"])
    return said.get("prepared", {})


def _programs(serving: Serving, settings: Settings, ports: Sequence[int], gate: Gate) -> list[Child]:
    commands, demo = serving.programs, str(serving.data.resolve()) if serving.demo else ""
    named = [("api", commands.api), ("signalling", commands.signalling), ("worker", commands.worker)]
    named += [("router", commands.router)]
    named += [(f"media-{number}", commands.media) for number in range(1, settings.media_processes + 1)]
    return [
        Child(
            name=name,
            command=command,
            environment={**program_environment(_own(settings, name, port)), DEMO: demo},
            gate=gate,
            # Long enough for a media process to bring to safety what it records; all engines are still there.
            stop_within=3.2,
        )
        for (name, command), port in zip(named, ports, strict=True)
    ]


def _own(settings: Settings, name: str, port: int) -> Settings:
    """The settings of one program."""
    return msgspec.structs.replace(settings, listen=f"{LOOPBACK}:{port}", media_slot=name)


def _announce(serving: Serving, ready: Mapping[str, Any], progress: Progress) -> None:
    if not serving.json:
        progress.say(welcome(ready))
        return
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(ready), flush=True)
