"""What every destination does, and which one is meant."""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from shiftline.discovery.exports.errors import DestinationInvalid, DestinationRefused
from shiftline.discovery.exports.model import Destination, ExportState, Place, PlannedObject

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

FOLDER_SETTING = "SHIFTLINE_EXPORT_FOLDER"
BUCKET_SETTING = "SHIFTLINE_EXPORT_BUCKET"
KEY_SETTING = "SHIFTLINE_EXPORT_S3_KEY_ID"
SECRET_SETTING = "SHIFTLINE_EXPORT_S3_SECRET"  # noqa: S105 - a name
ENDPOINT_SETTING = "SHIFTLINE_EXPORT_S3_ENDPOINT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the operator of the installation set. ``bucket`` is ``s3://BUCKET/PREFIX``; empty texts are not set."""

    folder: Path | None = None
    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as the destination lists it; ``versions`` counts what was ever stored under its name, deletions too."""

    path: str
    size: int
    versions: int = 1


class Store(Protocol):
    """A destination that is open."""

    @property
    def name(self) -> str:
        """How people call it."""
        ...

    @property
    def in_order(self) -> bool:
        """Whether objects must come one after another, and all of them again after a crash."""
        ...

    @property
    def reads_back(self) -> bool:
        """Whether each object is to be read back; else only JSON is: the rest is checked by the server as it comes."""
        ...

    async def create(self, planned: PlannedObject, content: AsyncIterator[bytes], custody: Mapping[str, str]) -> bool:
        """Store an object whole, unless one has its name: then False. ``content`` raises before its end when it is wrong.

        Raises DestinationRefused, DestinationUnavailable.
        """
        ...

    def read(self, path: str) -> AsyncIterator[bytes]:
        """An object's bytes. Raises DestinationRefused, DestinationUnavailable."""
        ...

    def listing(self) -> AsyncIterator[Listed]:
        """All that is there, in the order of the paths' bytes."""
        ...

    async def finish(self) -> None:
        """All is stored: give the whole its name, where it has one."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...


async def digest(store: Store, path: str) -> str:
    """The SHA-256 of an object, read from the destination."""
    found = hashlib.sha256()
    async for chunk in store.read(path):
        found.update(chunk)
    return found.hexdigest()


def check_destination(destination: Destination, places: Places, *, trusted: bool) -> None:
    """Whether a destination can be meant. ``trusted``: by who operates the installation. Raises DestinationInvalid."""
    if destination.own is not None and not trusted:
        raise DestinationInvalid("destination.name", "is below what the operator set: give a name, no path or URL.")
    if destination.own is None and not NAME.fullmatch(destination.name):
        raise DestinationInvalid(
            "destination.name", f"{destination.name!r} is no name of letters, digits, dots, hyphens and underscores."
        )
    if destination.locks and destination.place is not Place.S3:
        raise DestinationInvalid(
            "destination.lockMode", f"only S3 buckets lock objects, and this is a {destination.place.value}."
        )
    if (destination.lock_mode is None) != (destination.retain_until is None):
        missing = "retainUntil" if destination.retain_until is None else "lockMode"
        raise DestinationInvalid(f"destination.{missing}", "a lock needs both its mode and until when.")
    _check_set(destination, places)


def _check_set(destination: Destination, places: Places) -> None:
    if destination.own is not None:
        return
    if destination.place is Place.S3 and not places.bucket:
        raise DestinationInvalid(
            "destination.type", f"no bucket is set: the operator must set {BUCKET_SETTING} to s3://BUCKET/PREFIX."
        )
    if destination.place is not Place.S3 and places.folder is None:
        raise DestinationInvalid(
            "destination.type", f"no folder is set: the operator must set {FOLDER_SETTING} to an absolute path."
        )


async def open_store(export: ExportState, places: Places, *, needed: int) -> Store:
    """The destination of an export, which shall take ``needed`` more bytes. Raises DestinationRefused, DestinationUnavailable."""
    from shiftline.discovery.exports.destinations.folders import FolderStore  # each loads what only it needs
    from shiftline.discovery.exports.destinations.zips import ZipStore

    destination = export.destination
    if destination.place is Place.S3:
        from shiftline.discovery.exports.destinations.buckets import open_bucket

        return await open_bucket(export, places)
    path = _path(export, places)
    if destination.place is Place.ZIP:
        return await ZipStore.open(path, export, needed)
    return await FolderStore.open(path, export, needed)


def _path(export: ExportState, places: Places) -> Path:
    """Where on this machine; each organization has a folder of its own below what is set."""
    destination = export.destination
    if destination.own is not None:
        return Path(destination.own)
    if places.folder is None:
        raise DestinationRefused("unset", f"No folder is set any more: set {FOLDER_SETTING} to an absolute path.")
    name = f"{destination.name}.zip" if destination.place is Place.ZIP else destination.name
    return places.folder / export.organization_id / name
