"""`shiftline export`: an export is asked for, and its progress told until it is sealed or cannot go on."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from shiftline.apps.connections import make_engines, opened
from shiftline.apps.exports import places_of
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.discovery.exports.model import Destination, ExportDraft, ExportState, LockMode, Place, Selection, Status
from shiftline.discovery.exports.operations.asking import create_export, get_export
from shiftline.discovery.model import Channel
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Conflict, Invalid, Unavailable
from shiftline.foundation.settings import Settings
from shiftline.foundation.time import Interval
from shiftline.identity.operations.organizations import list_organizations

LOOK = 0.5
ENDED = {Status.SEALED, Status.FAILED, Status.CANCELLED, Status.PAUSED}
_OPTIONS = {
    "selection.userIds": "--agent",
    "selection.queueIds": "--queue",
    "selection.conversationIds": "--conversation",
    "destination.name": "--to",
    "destination.type": "--to",
    "destination.lockMode": "--lock-mode",
    "destination.retainUntil": "--retain-until",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for on the command line."""

    matter: str
    reason: str
    to: str
    operator: str
    organization: str | None = None
    held_by: str | None = None
    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    conversations: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    lock_mode: str | None = None
    retain_until: datetime | None = None
    legal_hold: bool = False
    vendor_media: bool = False


def read_destination(wish: Wish) -> Destination:
    """Where ``--to`` leads: ``folder:NAME``, ``zip:NAME``, ``s3:NAME``, a path, or ``s3://BUCKET/PREFIX``."""
    kind, colon, name = wish.to.partition(":")
    locks: Mapping[str, Any] = {
        "lock_mode": None if wish.lock_mode is None else LockMode(wish.lock_mode),
        "retain_until": wish.retain_until,
        "legal_hold": wish.legal_hold,
    }
    parts = urlsplit(wish.to)
    if parts.scheme == "s3" and wish.to.startswith("s3://"):
        return Destination(place=Place.S3, name=parts.path.strip("/").rpartition("/")[2], own=wish.to, **locks)
    if colon and kind in set(Place):
        return Destination(place=Place(kind), name=name, **locks)
    path = Path(wish.to).absolute()
    place = Place.ZIP if path.suffix == ".zip" else Place.FOLDER
    return Destination(place=place, name=path.name, own=str(path), **locks)


async def run_wish(settings: Settings, wish: Wish, *, as_json: bool) -> int:
    """Ask, and follow it. Exit code 0: sealed; 3: it cannot go on, and why is told; Raises StartRefusedError."""
    async with opened(make_engines(settings, connections=2)) as engines:
        try:
            context = Context(engines.database, engines.clock, Actor("", "system"))
            own = context.acting_as(Actor(await _find_organization(context, wish.organization), "system"))
            export = await create_export(own, places_of(settings), read_draft(wish), wish.operator)
            return await _follow(own, export, as_json=as_json)
        except Invalid as invalid:
            wrong = "; ".join(f"{_OPTIONS.get(each.field, each.field)}: {each.sentence}" for each in invalid.problems)
            raise StartRefusedError(wrong) from None
        except (Conflict, Unavailable) as refusal:
            raise StartRefusedError(refusal.message) from None
        except psycopg.errors.UndefinedTable:
            raise StartRefusedError("The database is older than this Shiftline: run shiftline migrate.") from None


def read_draft(wish: Wish) -> ExportDraft:
    """An export to be. Raises StartRefusedError."""
    if (wish.since is None) != (wish.until is None):
        raise StartRefusedError("--from and --until belong together: give both, or neither.")
    interval = None
    if wish.since is not None and wish.until is not None:
        if wish.until <= wish.since:
            raise StartRefusedError(f"--until: {wish.until.isoformat()} is not after --from.")
        interval = Interval(wish.since, wish.until)
    return ExportDraft(
        matter_name=wish.matter,
        reason=wish.reason,
        matter_id=wish.held_by,
        selection=Selection(
            held_by=wish.held_by,
            agent_ids=wish.agents or None,
            queue_ids=wish.queues or None,
            conversation_ids=wish.conversations or None,
            channels=tuple(Channel(each) for each in wish.channels) or None,
            interval=interval,
        ),
        destination=read_destination(wish),
        vendor_media=wish.vendor_media,
    )


async def _find_organization(context: Context, wanted: str | None) -> str:
    async with context.reader() as reader:
        found = {each.id: each.name for each in await list_organizations(reader)}
    if wanted is None and len(found) == 1:
        return next(iter(found))
    if wanted in found:
        return wanted or ""
    those = "; ".join(f"{name}: {each}" for each, name in found.items())
    told = "there are several" if wanted is None else f"there is none with the id {wanted}"
    raise StartRefusedError(f"--organization: {told}. There are {those}.")


async def _follow(context: Context, export: ExportState, *, as_json: bool) -> int:
    """Tell whatever changes until it ends."""
    told: tuple[Any, ...] = ()
    while True:
        seen = (export.status, export.step, export.stored_objects, export.problem and export.problem.sentence)
        if seen != told:
            told = seen
            _tell(export, as_json=as_json)
        if export.status in ENDED:
            return 0 if export.status is Status.SEALED else 3
        await asyncio.sleep(LOOK)
        export = await get_export(context, export.id)


def _tell(export: ExportState, *, as_json: bool) -> None:
    problem = None if export.problem is None else export.problem.sentence
    if as_json:
        known = {
            "event": export.status.value,
            "export": export.id,
            "step": export.step.value,
            "objects": {"total": export.total_objects, "stored": export.stored_objects},
            "bytes": {"total": export.total_bytes, "stored": export.stored_bytes},
            "root": export.root,
            "problem": problem,
        }
        print(json.dumps(known, ensure_ascii=False), flush=True)
        return
    amount = f"{export.stored_objects} of {export.total_objects} objects, {export.stored_bytes} bytes"
    more = f": {problem}" if problem else f" (root {export.root})" if export.root else ""
    print(f"{export.status.value}, {export.step.value}, {amount}{more}", file=sys.stderr, flush=True)
