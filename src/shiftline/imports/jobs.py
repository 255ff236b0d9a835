"""What happens to imports without a caller."""

from pathlib import Path

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.foundation.jobs import job
from shiftline.imports.operations.reading import get_import
from shiftline.imports.operations.receiving import run_import
from shiftline.imports.operations.starting import JOB, fail_import, resolve_below
from shiftline.recordings.operations.vault import Vault


def make_jobs(vault: Vault, root: Path | None) -> None:
    """Make the long jobs, which need the objects, the keys and the folder for imports; the worker does so once."""

    @job(JOB)
    async def read_folder(context: Context, import_id: str) -> None:
        found = await get_import(context, import_id)
        try:
            await run_import(context, vault, import_id, resolve_below(root, context.organization_id, found.folder))
        except Unavailable:
            raise  # it is tried again
        except Refusal as refusal:
            await fail_import(context, import_id, refusal.message)

    del read_folder
