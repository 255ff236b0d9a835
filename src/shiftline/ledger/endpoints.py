"""An organization's own ledger. Below this prefix it is a log of C2SP tlog-tiles, for who comes with a token."""

from typing import Annotated, TypeAlias

from litestar import Response, get
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.ledger.errors import TileNotFound
from shiftline.ledger.model import EntryFilter
from shiftline.ledger.operations import proving, reading
from shiftline.ledger.rules import tiles
from shiftline.ledger.wire import (
    LEDGER,
    WireConsistency,
    WireEntry,
    WireKeys,
    WireLedger,
    WireProof,
    show_consistency,
    show_entry,
    show_keys,
    show_ledger,
    show_proof,
)

TAGS = ["Ledger"]
BYTES = "application/octet-stream"
LARGEST = 2**53 - 1
# A tile that is full, or of a width that was signed, never changes.
KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}

EntryId: TypeAlias = Annotated[str, Parameter(query="entryId", max_length=100)]
OfRecording: TypeAlias = Annotated[str | None, Parameter(query="recordingId", max_length=100)]
OfSubject: TypeAlias = Annotated[
    str | None, Parameter(query="subjectId", max_length=100, description="A recording's or export's id")
]
OfKind: TypeAlias = Annotated[str | None, Parameter(query="kind", max_length=100)]
Size: TypeAlias = Annotated[
    int | None,
    Parameter(query="size", ge=1, le=LARGEST, description="Of a signed checkpoint; the last one's unless given"),
]
From: TypeAlias = Annotated[int, Parameter(query="from", ge=1, le=LARGEST)]
To: TypeAlias = Annotated[int, Parameter(query="to", ge=1, le=LARGEST)]

TilePath: TypeAlias = Annotated[str, Parameter(description="As tlog-tiles spells it: x001/x234/067, 000.p/5")]


@get(LEDGER, operation_id="getShiftlineLedger", tags=TAGS)
async def get_ledger(context: Context) -> WireLedger:
    """The organization's log: its name, its keys, and its last checkpoint as JSON."""
    return show_ledger(await reading.get_identity(context), await reading.get_checkpoint(context))


@get(f"{LEDGER}/checkpoint", operation_id="getShiftlineLedgerCheckpoint", tags=TAGS, media_type="text/plain")
async def get_checkpoint(context: Context) -> Response[str]:
    """The last checkpoint as the signed note that it is (C2SP tlog-checkpoint)."""
    found = await reading.get_checkpoint(context)
    return Response(found.note, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@get(f"{LEDGER}/key", operation_id="getShiftlineLedgerKey", tags=TAGS)
async def get_key(context: Context) -> WireKeys:
    """The keys by which the log's checkpoints are verified. Keep them elsewhere before you need them."""
    return show_keys(await reading.get_identity(context))


@get(f"{LEDGER}/entries", operation_id="getShiftlineLedgerEntries", tags=TAGS)
async def get_entries(
    context: Context,
    page: Page,
    *,
    recording_id: OfRecording = None,
    subject_id: OfSubject = None,
    kind: OfKind = None,
) -> Listing[WireEntry]:
    """What was entered, in the order of the log: of a recording, of a kind, or all."""
    subjects = tuple(each for each in (recording_id, subject_id) if each is not None)
    wanted = EntryFilter(subject_ids=subjects or None, kinds=None if kind is None else (kind,))
    found, total = await reading.list_entries(context, wanted, page)
    return listing([show_entry(each) for each in found], total, page, f"{LEDGER}/entries")


@get(f"{LEDGER}/proofs", operation_id="getShiftlineLedgerProofs", tags=TAGS)
async def get_proof(context: Context, entry_id: EntryId, size: Size = None) -> WireProof:
    """What shows that an entry is in the log (RFC 9162, 2.1.3), ready to be verified offline."""
    return show_proof(await proving.prove_entry(context, entry_id, size))


@get(f"{LEDGER}/consistency", operation_id="getShiftlineLedgerConsistency", tags=TAGS)
async def get_consistency(context: Context, earlier: From, later: To) -> WireConsistency:
    """What shows that the log of a size begins with that of an earlier one (RFC 9162, 2.1.4): nothing was changed."""
    return show_consistency(await proving.prove_consistency(context, earlier, later))


@get(
    f"{LEDGER}/tile/{{level:str}}/{{tile_path:path}}",
    operation_id="getShiftlineLedgerTile",
    tags=TAGS,
    media_type=BYTES,
)
async def get_tile(context: Context, level: str, tile_path: TilePath) -> Response[bytes]:
    """A tile of the tree's hashes (C2SP tlog-tiles)."""
    height, place = tiles.parse_level(level), tiles.parse_number(tile_path.lstrip("/"))
    if height is None or place is None:
        raise TileNotFound(f"{level}{tile_path}")
    return Response(await reading.read_tile(context, height, *place), media_type=BYTES, headers=KEPT)


@get(
    f"{LEDGER}/tile/entries/{{tile_path:path}}",
    operation_id="getShiftlineLedgerTileEntries",
    tags=TAGS,
    media_type=BYTES,
)
async def get_bundle(context: Context, tile_path: TilePath) -> Response[bytes]:
    """The entries of a tile of level 0, each behind its length in two bytes (C2SP tlog-tiles)."""
    place = tiles.parse_number(tile_path.lstrip("/"))
    if place is None:
        raise TileNotFound(f"entries{tile_path}")
    return Response(await reading.read_bundle(context, *place), media_type=BYTES, headers=KEPT)


ROUTES = [
    get_ledger,
    get_checkpoint,
    get_key,
    get_entries,
    get_proof,
    get_consistency,
    get_tile,
    get_bundle,
]
