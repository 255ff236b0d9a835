"""Timestamps (RFC 3161) over the manifests, each kept before anything is made of it."""

import secrets
from dataclasses import replace

from shiftline.discovery.anchors import timestamps
from shiftline.discovery.anchors.timestamps import TimestampError
from shiftline.discovery.exports.errors import ExportRefused
from shiftline.discovery.exports.model import ExportState, PlannedObject, Token
from shiftline.discovery.exports.operations.tools import Authority, Tools
from shiftline.discovery.exports.store import states
from shiftline.foundation.context import Context

_SETTINGS = "SHIFTLINE_TIMESTAMP_AUTHORITY and SHIFTLINE_TIMESTAMP_ROOTS"


async def stamp(context: Context, tools: Tools, export: ExportState, planned: PlannedObject) -> None:
    """Ask the authority for a token over an object, unless one is kept or no authority is set.

    Raises ExportRefused for a token that does not hold, Unavailable when the authority does not answer.
    """
    if tools.authority is not None and await _find(context, export, planned.path) is None:
        await _stamp(context, tools.authority, export, planned)


async def stamp_alike(
    context: Context, tools: Tools, export: ExportState, planned: PlannedObject, first: PlannedObject
) -> None:
    """Ask for a token over a second object, unless one is kept or the first has none.

    Both or none: one alone would say that the other was lost. The package holds one set of certificates, and it is written
    before the second token is asked for: both are to hold by what the first was checked by.

    Raises ExportRefused when no such authority is set any more or its token does not hold, Unavailable when it does not answer.
    """
    given = await _find(context, export, first.path)
    if given is None or await _find(context, export, planned.path) is not None:
        return
    if tools.authority is None:
        raise ExportRefused("export.timestamp.unset", f"No timestamp authority is set any more. {_both(given, first)}")
    roots = tuple(timestamps.load_roots(given.roots))
    if not set(roots) & set(tools.authority.roots):
        raise ExportRefused(
            "export.timestamp.other",
            f"The timestamp authority is now {tools.authority.url}, trusted by other certificates. {_both(given, first)}",
        )
    await _stamp(context, replace(tools.authority, roots=roots), export, planned)


def _both(given: Token, first: PlannedObject) -> str:
    return (
        f"{first.path} has a token of {given.issuer}, and the second must hold by the same certificates: set "
        f"{_SETTINGS} as they were and resume the export, or cancel it and begin a new one."
    )


async def _find(context: Context, export: ExportState, path: str) -> Token | None:
    async with context.reader() as reader:
        return await states.find_token(reader, context.organization_id, export.id, path)


async def _stamp(context: Context, authority: Authority, export: ExportState, planned: PlannedObject) -> None:
    digest, nonce = bytes.fromhex(planned.sha256), secrets.randbits(62) + 1
    response = await authority.ask(timestamps.request(digest, nonce))
    try:
        found = timestamps.check(response, digest, authority.roots, nonce)
    except TimestampError as error:
        raise ExportRefused(
            "export.timestamp.invalid",
            f"The timestamp authority {authority.url} gave no token that holds for {planned.path}: {error}. Look at "
            f"{_SETTINGS}, then resume the export.",
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
