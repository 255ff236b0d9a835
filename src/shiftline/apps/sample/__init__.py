"""What an empty folder is filled with: an organization and its administrator, or the whole sample contact centre.

``prepare`` runs at every start: it fills an empty database once, gives everybody a fresh access token, and tells the
ready line's content. Passwords and client secrets are derived from the folder's own random secret, so that they are the
same at every start and in no database.
"""

from typing import Any

from shiftline.apps.sample.prepare import prepare_folder
from shiftline.foundation.settings import Settings


async def prepare(settings: Settings, *, demo: bool, secret: str) -> dict[str, Any]:
    """Fill an empty database and tell what the ready line says. Raises Unavailable."""
    return await prepare_folder(settings, demo=demo, secret=secret)
