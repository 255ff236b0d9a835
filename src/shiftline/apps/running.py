"""What programs are told by their environment, and the note in the data folder by which other commands find the engines."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.foundation.settings import Settings

# The variable by which `prepare` gets the folder's own secret: passwords and client secrets are derived from it.
SAMPLE_SECRET = "SHIFTLINE_SAMPLE_SECRET"  # noqa: S105  a name

# The variable by which programs know that the demo runs: its data folder.
DEMO = "SHIFTLINE_DEMO"

_NOTE = "running.json"


def program_environment(settings: Settings) -> dict[str, str]:
    """Return the whole environment of a Shiftline program: this process's, and the settings as variables.

    The system's zone files are switched off: they may be older than the pinned `tzdata` wheel.
    """
    return {
        **os.environ,
        **_variables(settings),
        "PYTHONTZPATH": "",
        "PYTHONUNBUFFERED": "1",
    }


def _variables(settings: Settings) -> dict[str, str]:
    return {
        "SHIFTLINE_ENVIRONMENT": settings.environment,
        "SHIFTLINE_DATABASE_URL": settings.database_url,
        "SHIFTLINE_NATS_URL": settings.nats_url,
        "SHIFTLINE_OBJECTS_URL": settings.objects_url,
        "SHIFTLINE_LISTEN": settings.listen,
        "SHIFTLINE_CLOCK_OFFSET": repr(settings.clock_offset.total_seconds()),
        "SHIFTLINE_CORS_ORIGINS": ",".join(settings.cors_origins),
        "SHIFTLINE_ARCHIVE_TO": str(settings.archive_to or ""),
        "SHIFTLINE_IMPORTS": str(settings.imports or ""),
        "SHIFTLINE_REPLICA_DATABASE_URL": settings.replica_url,
        "SHIFTLINE_REPLICA_PATIENCE": repr(settings.replica_patience.total_seconds()),
        "SHIFTLINE_NODE": settings.node,
        "SHIFTLINE_ALONE": "1" if settings.alone else "",
        **_call_variables(settings),
        **_export_variables(settings),
    }


def _call_variables(settings: Settings) -> dict[str, str]:
    """What calls are told; an empty variable is one that is not set."""
    ports = settings.media_ports
    return {
        "SHIFTLINE_RECORDING_KEYS": str(settings.recording_keys or ""),
        "SHIFTLINE_LEDGER_KEYS": str(settings.ledger_keys or ""),
        "SHIFTLINE_SPOOL": str(settings.spool or ""),
        "SHIFTLINE_MEDIA_ADDRESSES": ",".join(settings.media_addresses),
        "SHIFTLINE_MEDIA_ADVERTISED": settings.media_advertised,
        "SHIFTLINE_MEDIA_PORTS": "" if ports is None else f"{ports[0]}-{ports[1]}",
        "SHIFTLINE_MEDIA_PROCESSES": str(settings.media_processes),
        "SHIFTLINE_MEDIA_SLOT": settings.media_slot,
        "SHIFTLINE_STUN_URL": settings.stun_url,
        "SHIFTLINE_TURN_URL": settings.turn_url,
        "SHIFTLINE_TURN_SECRET": settings.turn_secret,
    }


def _export_variables(settings: Settings) -> dict[str, str]:
    """Where legal exports go, and who tells their time; an empty variable is one that is not set."""
    exports = settings.exports
    return {
        "SHIFTLINE_EXPORT_FOLDER": str(exports.folder or ""),
        "SHIFTLINE_EXPORT_BUCKET": exports.bucket,
        "SHIFTLINE_EXPORT_S3_ENDPOINT": exports.s3_endpoint,
        "SHIFTLINE_EXPORT_S3_REGION": exports.s3_region,
        "SHIFTLINE_EXPORT_S3_KEY_ID": exports.s3_key_id,
        "SHIFTLINE_EXPORT_S3_SECRET": exports.s3_secret,
        "SHIFTLINE_TIMESTAMP_AUTHORITY": exports.timestamp_authority,
        "SHIFTLINE_TIMESTAMP_ROOTS": str(exports.timestamp_roots or ""),
    }


def write_note(folder: DataFolder, settings: Settings, edge: tuple[str, int]) -> None:
    """Note, readable by this user only, how the engines of the running folder are reached, and at which address and port
    its edge listens.
    """
    note = folder.path / _NOTE
    partial = note.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as output:
        json.dump({"pid": os.getpid(), "edge": edge, **_variables(settings)}, output)
    partial.rename(note)


def remove_note(folder: DataFolder) -> None:
    """Remove the note at the stop."""
    (folder.path / _NOTE).unlink(missing_ok=True)


def find_settings(data: Path, variables: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings for a command: from the environment where it names a database, else of the running folder.

    Raises StartRefusedError when neither is there, SettingInvalidError for a wrong variable.
    """
    if variables.get("SHIFTLINE_DATABASE_URL"):
        return Settings.from_environment(variables)
    note = _read_note(data)
    if note is None:
        raise StartRefusedError(
            f"Nothing is running on the data folder {data}. Start it (shiftline serve --data {data}), "
            f"name another folder with --data, or set SHIFTLINE_DATABASE_URL for external engines."
        )
    return Settings.from_environment(note)


def find_edge(data: Path) -> tuple[Settings, str, int]:
    """Return the settings of what runs on a folder, and the address and port of its edge.

    Raises StartRefusedError when nothing runs there.
    """
    note = _read_note(data)
    if note is None or "edge" not in note:
        raise StartRefusedError(
            f"Nothing is running on the data folder {data}. Start it (shiftline demo --data {data}), "
            f"or name another folder with --data."
        )
    address, port = note["edge"]
    return Settings.from_environment(note), str(address), int(port)


def _read_note(data: Path) -> dict[str, Any] | None:
    try:
        note = json.loads((data.resolve() / _NOTE).read_text())
        os.kill(note["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return note
