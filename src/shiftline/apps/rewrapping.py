"""Wraps the data keys of recordings, of what is in quarantine and of integrations' credentials anew, from the command line."""

from collections.abc import Callable
from pathlib import Path

from shiftline.apps.connections import make_engines, opened
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.discovery.integrations.operations.secrets import rewrap_credentials
from shiftline.foundation import jobs
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.settings import Settings
from shiftline.imports.operations.rewrapping import rewrap_quarantine
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.rewrapping import Progress, rewrap_all


async def rewrap(settings: Settings, file: Path, tell: Callable[[Progress], None]) -> None:
    """Wrap every data key by the file's newest key, and tell how far it is. Raises StartRefusedError when that fails."""
    async with opened(make_engines(settings, connections=2)) as engines:
        context = jobs.system_context(engines.database, engines.clock)
        try:
            keys = Keys(file)
            await rewrap_credentials(context, keys)
            await rewrap_quarantine(context, keys)
            async for progress in rewrap_all(context, keys):
                tell(progress)
        except Unavailable as unavailable:
            raise StartRefusedError(
                f"{unavailable.message} What was wrapped anew stays so; run the command again."
            ) from None
