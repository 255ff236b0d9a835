"""Objects (uploads, and later recordings): a folder by default, any S3, GCS or Azure bucket by its URL."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class Objects:
    """A flat namespace of immutable objects by key."""

    def __init__(self, url: str) -> None:
        parsed = urlparse(url)
        self._store: ObjectStore
        if parsed.scheme == "file":
            folder = Path(unquote(parsed.path))
            folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(prefix=str(folder))
        else:
            self._store = from_url(url)

    async def put(self, key: str, content: bytes) -> None:
        """Store or replace an object."""
        await obstore.put_async(self._store, key, content)

    async def get(self, key: str) -> bytes | None:
        """An object's content, or None."""
        try:
            result = await obstore.get_async(self._store, key)
        except FileNotFoundError:
            return None
        return bytes(await result.bytes_async())

    async def delete(self, key: str) -> None:
        """Remove an object; one that is not there is already removed."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
