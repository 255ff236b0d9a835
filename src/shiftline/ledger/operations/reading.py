"""What the ledger holds, for those who may see the audit."""

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.web.paging import Page
from shiftline.ledger import store
from shiftline.ledger.errors import LedgerEmpty, TileNotFound
from shiftline.ledger.model import EntryFilter, KeptEntry, LogIdentity, SignedCheckpoint
from shiftline.ledger.rules import tiles
from shiftline.ledger.rules.tiles import Place
from shiftline.ledger.rules.tree import HASH_SIZE

VIEW = "audits:audit:view"


async def get_checkpoint(context: Context) -> SignedCheckpoint:
    """The last checkpoint of the organization's log. Raises PermissionMissing, LedgerEmpty."""
    require(context, VIEW)
    async with context.reader() as reader:
        found = await store.latest_checkpoint(reader, context.organization_id)
    if found is None:
        raise LedgerEmpty(context.organization_id)
    return found


async def get_identity(context: Context) -> LogIdentity:
    """How the organization's log is called and which keys signed it. Raises PermissionMissing, LedgerEmpty."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await find_identity(reader, context.organization_id)


async def find_identity(reader: Reader, organization_id: str) -> LogIdentity:
    """``get_identity`` for operations that judged who may have it. Raises LedgerEmpty."""
    found = await store.find_log(reader, organization_id)
    if found is None:
        raise LedgerEmpty(organization_id)
    return found


async def list_entries(context: Context, wanted: EntryFilter, page: Page) -> tuple[list[KeptEntry], int]:
    """Entries by their place, those that wait last; and how many there are. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        found = await store.list_entries(reader, context.organization_id, wanted, part=(page.size, page.offset))
        return found, await store.count_entries(reader, context.organization_id, wanted)


async def find_entries(
    reader: Reader, organization_id: str, wanted: EntryFilter, *, limit: int = 10_000, offset: int = 0
) -> list[KeptEntry]:
    """Entries by their place, those that wait last; for operations that judged who may have them."""
    return await store.list_entries(reader, organization_id, wanted, part=(limit, offset))


async def find_placed(
    reader: Reader, organization_id: str, wanted: EntryFilter, *, below: int, after: int = -1, limit: int = 1000
) -> list[KeptEntry]:
    """The next entries of the tree of ``below`` leaves, after a place, in order; for operations that judged who may have them.

    What is found for a signed size stays the same for ever, however the ledger grows meanwhile.
    """
    return await store.list_placed(reader, organization_id, wanted, after=after, below=below, limit=limit)


async def count_entries(reader: Reader, organization_id: str, wanted: EntryFilter) -> int:
    """How many entries there are: how many recordings were opened in a time, whoever selects among them later."""
    return await store.count_entries(reader, organization_id, wanted)


async def read_tile(context: Context, level: int, number: int, width: int) -> bytes:
    """The first hashes of a tile. Raises PermissionMissing, TileNotFound when the log has not so many there."""
    size = await _size(context)
    place: Place = (level, number)
    async with context.reader() as reader:
        found = await store.read_tiles(reader, context.organization_id, [place], size)
    hashes = found.get(place, b"")[: width * HASH_SIZE]
    if len(hashes) != width * HASH_SIZE:
        raise TileNotFound(tiles.path_of(place, width))
    return hashes


async def read_bundle(context: Context, number: int, width: int) -> bytes:
    """The entries of the first leaves of a tile of level 0. Raises PermissionMissing, TileNotFound."""
    size, first = await _size(context), number * tiles.WIDTH
    if first + width > size:
        raise TileNotFound(tiles.bundle_path_of(number, width))
    async with context.reader() as reader:
        bodies = await store.read_bodies(reader, context.organization_id, first, first + width)
    if len(bodies) != width:
        raise TileNotFound(tiles.bundle_path_of(number, width))
    return tiles.bundle(bodies)


async def _size(context: Context) -> int:
    return (await get_checkpoint(context)).size
