"""Timestamps (RFC 3161) over the manifests, each kept before anything is made of it."""

import secrets

from shiftline.discovery.anchors import timestamps
from shiftline.discovery.anchors.timestamps import TimestampError
from shiftline.discovery.exports.errors import ExportRefused
from shiftline.discovery.exports.model import ExportState, PlannedObject, Token
from shiftline.discovery.exports.operations.tools import Tools
from shiftline.discovery.exports.store import states
from shiftline.foundation.context import Context


async def stamp(context: Context, tools: Tools, export: ExportState, planned: PlannedObject) -> None:
    """Ask the authority for a token over an object, unless one is kept or no authority is set.

    Raises ExportRefused for a token that does not hold, Unavailable when the authority does not answer.
    """
    async with context.reader() as reader:
        kept = await states.find_token(reader, context.organization_id, export.id, planned.path)
    if kept is not None or tools.authority is None:
        return
    authority, digest = tools.authority, bytes.fromhex(planned.sha256)
    nonce = secrets.randbits(62) + 1
    response = await authority.ask(timestamps.request(digest, nonce))
    try:
        found = timestamps.check(response, digest, authority.roots, nonce)
    except TimestampError as error:
        raise ExportRefused(
            "export.timestamp.invalid",
            f"The timestamp authority {authority.url} gave no token that holds for {planned.path}: {error}. Look at "
            "SHIFTLINE_TIMESTAMP_AUTHORITY and SHIFTLINE_TIMESTAMP_ROOTS, then resume the export.",
        ) from error
    token = Token(
        path=planned.path,
        sha256=planned.sha256,
        response=response,
        at=found.at,
        issuer=found.issuer,
        roots=timestamps.roots_pem(authority.roots),
    )
    async with context.transaction() as tx:
        await states.insert_token(tx, export.id, token)
