"""The end: the destination has exactly what was planned, one version each, and the ledger says so."""

from shiftline.discovery.exports.destinations.placing import Listed, Store
from shiftline.discovery.exports.errors import ExportRefused, Superseded
from shiftline.discovery.exports.events import ExportSealed
from shiftline.discovery.exports.model import ExportState, Token
from shiftline.discovery.exports.store import states
from shiftline.foundation.context import Context
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_in


async def check_destination(context: Context, export: ExportState, store: Store) -> None:
    """Compare the destination's list with ours, both in the order of the paths' bytes. Raises ExportRefused."""
    wanted = states.list_paths(context, export.id)
    expected = await anext(wanted, None)
    async for found in store.listing():
        if expected is None or found.path.encode() < expected[0].encode():
            raise _differs(store, f"{found.path} is not ours")
        if found.path != expected[0]:
            break
        _compare(store, found, expected[1])
        expected = await anext(wanted, None)
    if expected is not None:
        raise _differs(store, f"{expected[0]} is missing")


def _compare(store: Store, found: Listed, size: int) -> None:
    if found.size != size:
        raise _differs(store, f"{found.path} has {found.size} bytes there, and was stored with {size}")
    if found.versions != 1:
        raise _differs(store, f"{found.path} has {found.versions} versions there, and was stored once")


def _differs(store: Store, told: str) -> ExportRefused:
    return ExportRefused(
        "export.destination.differs",
        f"What is at {store.name} is not what was stored: {told}. The export is not sealed. Find out who wrote there, then "
        "begin a new export to an empty destination.",
    )


async def seal(context: Context, export: ExportState, root: str, token: Token | None) -> None:
    """The export is whole: one transaction says so, here and in the ledger. Raises Superseded."""
    async with context.transaction() as tx:
        if not await states.seal_export(tx, export.id, export.run, root):
            raise Superseded
        await append_in(
            tx,
            EntryDraft(
                "export.sealed",
                export.id,
                {
                    "matterId": export.matter_id or export.matter_name,
                    "operatorId": export.operator_id,
                    "root": root,
                    "objects": export.total_objects,
                    "bytes": export.total_bytes,
                    "stampedAt": None if token is None else token.at,
                },
            ),
        )
        sealed = ExportSealed(
            organization_id=context.organization_id,
            export_id=export.id,
            root=root,
            objects=export.total_objects,
            size=export.total_bytes,
        )
        tx.record(sealed)
        told = f"{export.total_objects} objects of {export.total_bytes} bytes are sealed; root {root}."
        await states.insert_step(tx, export.id, export.run, "sealed", told)
