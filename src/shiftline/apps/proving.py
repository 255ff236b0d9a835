"""Commands about what must be provable: legal exports, whether one is as it was made, and the ledger."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from shiftline.apps.arguments import Data, default_data_folder, parse_instant, people
from shiftline.apps.supervisor.child import StartRefusedError


def add_to(app: App) -> None:
    """Add the commands."""
    app.command(export)
    app.command(verify)
    app.command(verify_ledger)
    app.command(ledger_keys)


def export(
    *,
    to: Annotated[
        str, Parameter(help="folder:NAME, zip:NAME or s3:NAME below what is set; or a path, or s3://BUCKET/PREFIX.")
    ],
    matter: Annotated[str, Parameter(help="How the matter is called in the package.")],
    reason: Annotated[str, Parameter(help="Why it is exported, as the package says.")],
    operator: Annotated[str, Parameter(help="Who exports it, as the package says.")],
    organization: Annotated[str | None, Parameter(help="Id of the organization. [default: the only one]")] = None,
    held_by: Annotated[str | None, Parameter(help="Id of a matter: only what it holds.")] = None,
    agent: Annotated[tuple[str, ...], Parameter(negative=(), help="Id of a user who took part; may be repeated.")] = (),
    queue: Annotated[tuple[str, ...], Parameter(negative=(), help="Id of a queue; may be repeated.")] = (),
    conversation: Annotated[
        tuple[str, ...], Parameter(negative=(), help="Id of a conversation; may be repeated.")
    ] = (),
    channel: Annotated[
        tuple[Literal["call", "message", "email"], ...], Parameter(negative=(), help="Only these; may be repeated.")
    ] = (),
    from_: Annotated[
        str | None, Parameter(name="--from", help="Some of the conversation is after: 2023-10-27T06:00:00-05:00.")
    ] = None,
    until: Annotated[str | None, Parameter(help="And before.")] = None,
    lock_mode: Annotated[
        Literal["GOVERNANCE", "COMPLIANCE"] | None, Parameter(help="Lock each object of a bucket.")
    ] = None,
    retain_until: Annotated[str | None, Parameter(help="Until when a lock lasts.")] = None,
    legal_hold: Annotated[bool, Parameter(negative=(), help="Put each object of a bucket under legal hold.")] = False,
    vendor_media: Annotated[bool, Parameter(negative=(), help="Put the sound into the vendor's layout, too.")] = False,
    data: Data = None,
    json: Annotated[bool, Parameter(name="--json", negative=(), help="Progress as lines of JSON.")] = False,
) -> int:
    """Export conversations for a matter, and tell how far it is until it is sealed. Exit code 0: it is; 3: it cannot go on."""
    import asyncio

    from shiftline.apps.export import Wish, run_wish
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs

    configure_logs("error")
    wish = Wish(
        matter=matter,
        reason=reason,
        to=to,
        operator=operator,
        organization=organization,
        held_by=held_by,
        agents=agent,
        queues=queue,
        conversations=conversation,
        channels=channel,
        since=None if from_ is None else parse_instant("--from", from_),
        until=None if until is None else parse_instant("--until", until),
        lock_mode=lock_mode,
        retain_until=None if retain_until is None else parse_instant("--retain-until", retain_until),
        legal_hold=legal_hold,
        vendor_media=vendor_media,
    )
    return asyncio.run(run_wish(find_settings(data or default_data_folder()), wish, as_json=json))


def verify(
    package: Annotated[str, Parameter(help="A folder, a ZIP, or s3://BUCKET/PREFIX.")],
    /,
    *,
    key: Annotated[Path | None, Parameter(help="The organization's public key (PEM), got on another way.")] = None,
    authority: Annotated[
        Path | None, Parameter(help="Certificates (PEM) under which a timestamp authority is trusted.")
    ] = None,
    log_key: Annotated[str | None, Parameter(help="The ledger's verifier key: name+id+base64.")] = None,
    organization: Annotated[str | None, Parameter(help="Id of the organization that it must be of.")] = None,
    json: Annotated[bool, Parameter(name="--json", negative=(), help="The whole report as JSON.")] = False,
) -> int:
    """Say whether a legal export is as it was made, and in one sentence what is wrong with it and where. Needs no database.

    Exit code 0: it is; 3: something is wrong; 2: there is no package to look at.
    """
    from shiftline.apps.verify import in_json, in_words, verify_at

    report = verify_at(package, key=key, authority=authority, log_key=log_key, organization=organization)
    print(in_json(report) if json else in_words(report))
    return report.exit_code


def verify_ledger(
    *,
    organization: Annotated[str | None, Parameter(help="Id of the organization. [default: every one]")] = None,
    against: Annotated[
        Path | None, Parameter(help="A checkpoint that was kept elsewhere: its log must still be contained.")
    ] = None,
    data: Data = None,
) -> int:
    """Recompute the ledger from its entries and say where it differs first from what was signed. Exit code 0: nowhere; 3: it does."""
    import asyncio

    from shiftline.apps.ledgers import verify_ledgers
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs

    configure_logs("error")
    findings = asyncio.run(verify_ledgers(find_settings(data or default_data_folder()), organization, against))
    for finding in findings:
        print(f"{'ok  ' if finding.holds else 'FAIL'}  {finding.sentence}")
    return 0 if all(finding.holds for finding in findings) else 3


def ledger_keys(
    file: Annotated[Path, Parameter(help="The file.")],
    /,
    *,
    rotate: Annotated[bool, Parameter(negative=(), help="Put a new key before those in it; all of them sign.")] = False,
) -> int:
    """Make the file of keys that sign the ledger, for an installation on external engines. Prints the new key's id."""
    from datetime import UTC

    from shiftline.ledger.keys import create_key_file, rotate_key_file

    try:
        print((rotate_key_file if rotate else create_key_file)(file.absolute(), datetime.now(UTC)))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no file of keys"
        raise StartRefusedError(f"{file} cannot be {'rotated' if rotate else 'made'}: {reason}.") from None
    people.print(f"{file}: keep a copy elsewhere. Whoever has it can sign in this installation's name.", markup=False)
    return 0
