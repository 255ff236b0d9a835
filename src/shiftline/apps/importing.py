"""`shiftline import-recordings`: a folder on this machine is read into quarantine, by this very process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from shiftline.apps.connections import make_engines, opened
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation import jobs
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Refusal
from shiftline.foundation.settings import Settings
from shiftline.identity.operations.organizations import list_organizations
from shiftline.imports.model import Import, ImportDraft, ReportLine
from shiftline.imports.operations.reading import list_refusals, report_import
from shiftline.imports.operations.receiving import run_import
from shiftline.imports.operations.starting import start_import
from shiftline.imports.rules.reporting import count, in_csv
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import Vault


@dataclass(frozen=True, slots=True)
class Came:
    """An import that is through, and its report."""

    done: Import
    lines: list[ReportLine]


async def import_folder(
    settings: Settings, draft: ImportDraft, organization_id: str | None, say: Callable[[str], None]
) -> Came:
    """Read a folder. Raises StartRefusedError when that cannot be done."""
    async with opened(make_engines(settings, connections=4)) as engines:
        context = jobs.system_context(engines.database, engines.clock)
        try:
            mine = context.acting_as(Actor(await _choose(context, organization_id), "system"))
            vault = Vault(engines.objects, Keys(settings.recording_keys))
            begun = await start_import(mine, draft, deferred=False)
            shown = _Shown(say)
            done = await run_import(mine, vault, begun.id, Path(draft.folder), shown.tell)
            for refused in await list_refusals(mine, begun.id):
                say(f"not kept: {refused.path}: {refused.sentence}")
            return Came(done, await report_import(mine, begun.id))
        except Refusal as refusal:
            raise StartRefusedError(refusal.message) from None
        except psycopg.errors.UndefinedTable:
            raise StartRefusedError("The database is older than this Shiftline: run shiftline migrate.") from None


async def _choose(context: Context, organization_id: str | None) -> str:
    async with context.reader() as reader:
        there = [each.id for each in await list_organizations(reader)]
    if organization_id is not None:
        if organization_id not in there:
            raise StartRefusedError(f"--organization: there is none with the id {organization_id}.")
        return organization_id
    if len(there) != 1:
        raise StartRefusedError(f"--organization: say which, since there are {len(there)}: {', '.join(there)}.")
    return there[0]


class _Shown:
    """Tells each tenth of an import, or each 500."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._next = say, 0

    def tell(self, done: int, total: int) -> None:
        """So many of so many are done."""
        if done >= self._next or done == total:
            self._next = done + min(500, max(1, total // 10))
            self._say(f"{done} of {total} recordings looked at")


def in_json(came: Came) -> str:
    """What came of it, for scripts."""
    done = came.done
    told = {name: getattr(done, name) for name in ("total", "received", "known", "adopted", "refused")}
    waiting = done.received - done.adopted
    return json.dumps({"event": "imported", "import": done.id, **told, "waiting": waiting, "counts": count(came.lines)})


def write_report(came: Came, path: Path) -> None:
    """The report as a table. Raises StartRefusedError."""
    try:
        path.write_text(in_csv(came.lines), encoding="utf-8")
    except OSError as error:
        raise StartRefusedError(f"--report: {path} cannot be written: {error.strerror}.") from None
