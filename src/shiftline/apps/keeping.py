"""`shiftline backup`, `shiftline restore` and `shiftline import-recordings`, with their parameters."""

import asyncio
import getpass
import json as json_text
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from shiftline.apps.arguments import default_data_folder, parse_instant
from shiftline.apps.supervisor.child import StartRefusedError

PASSPHRASE = "SHIFTLINE_BACKUP_PASSPHRASE"  # noqa: S105 - a name

To = Annotated[Path, Parameter(name="--to", help="Folder of backups; it may hold earlier ones.")]
From = Annotated[Path, Parameter(name="--from", help="Folder of backups.")]
PassphraseFile = Annotated[
    Path | None, Parameter(help=f"File whose first line is the passphrase. [default: {PASSPHRASE}, or asked for]")
]
Json = Annotated[bool, Parameter(name="--json", negative=(), help="The result as one line of JSON.")]


def add_to(app: App) -> None:
    """Add the commands."""
    app.command(backup)
    app.command(restore)
    app.command(import_recordings)


def backup(
    *,
    to: To,
    data: Annotated[Path | None, Parameter(help="Data folder. [default: as for serve]")] = None,
    with_keys: Annotated[
        bool, Parameter(negative=(), help="Put the files of keys into it, encrypted by a passphrase.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    new_base: Annotated[
        bool, Parameter(negative=(), help="Copy the database's files anew, although there is a copy to build upon.")
    ] = False,
    prune: Annotated[bool, Parameter(negative=(), help="Only remove the objects that no backup names.")] = False,
    json: Json = False,
) -> int:
    """Back up database and objects at one consistent cut, while it runs. Exit code 0: done; 3: done, and objects are missing."""
    from shiftline.apps.backup import making, pruning
    from shiftline.apps.running import find_settings

    if prune:
        removed = pruning.prune(to.absolute())
        _say(f"{removed} objects that no backup names were removed.")
        return 0
    folder = data or default_data_folder()
    settings = find_settings(folder)
    external = bool(os.environ.get("SHIFTLINE_DATABASE_URL"))
    asked = making.Asked(
        root=to.absolute(),
        settings=settings,
        data=None if external else folder,
        passphrase=_passphrase(passphrase_file, ask=True) if with_keys else None,
        new_base=new_base,
    )
    made = asyncio.run(making.make_backup(asked, _say))
    told = made.manifest
    for problem in told.problems:
        _say(problem.sentence)
    if made.unsigned is not None:
        _say(f"The backup is not signed: {made.unsigned}")
    _say(
        f"{made.folder}: {told.recordings} recordings, {told.objects} objects, {made.new_objects} of them new "
        f"({made.new_bytes} bytes), as of {told.cut.at:%Y-%m-%d %H:%M:%S}Z."
    )
    if not told.with_keys:
        _say("The keys are not in it: keep them elsewhere, or no recording can be heard.")
    if json:
        facts = {
            "event": "backed-up",
            "backup": told.id,
            "folder": str(made.folder),
            "kind": told.kind,
            "cut": told.cut.at.isoformat(),
            "recordings": told.recordings,
            "objects": told.objects,
            "newObjects": made.new_objects,
            "newBytes": made.new_bytes,
            "resumed": made.resumed,
            "signed": made.unsigned is None,
            "withKeys": told.with_keys,
            "problems": [{"key": each.key, "sentence": each.sentence} for each in told.problems],
        }
        print(json_text.dumps(facts))
    return 3 if told.problems else 0


def restore(
    *,
    from_: From,
    data: Annotated[
        Path | None, Parameter(help="New data folder. [default: the engines of SHIFTLINE_DATABASE_URL]")
    ] = None,
    backup_id: Annotated[str | None, Parameter(name="--backup", help="Which backup. [default: the last]")] = None,
    to_time: Annotated[
        str | None, Parameter(help="An instant since the base, of an archived log: 2026-01-31T12:00:00+01:00.")
    ] = None,
    recording_keys: Annotated[Path | None, Parameter(help="File of the recordings' keys that was kept apart.")] = None,
    ledger_keys: Annotated[
        Path | None, Parameter(help="File of the ledger's keys; the signature is checked by it.")
    ] = None,
    with_keys: Annotated[bool, Parameter(negative=(), help="Take the keys that are in the backup.")] = False,
    passphrase_file: PassphraseFile = None,
    later: Annotated[
        Path | None, Parameter(help="Entries of the ledger of a later time: what was destroyed since is listed.")
    ] = None,
    json: Json = False,
) -> int:
    """Put a backup back into a new data folder or empty engines, and check it. Exit code 0: all holds; 3: not all."""
    from shiftline.apps.backup import restoring
    from shiftline.foundation.settings import Settings
    from shiftline.foundation.telemetry import configure_logs

    configure_logs("error")
    if data is None and not os.environ.get("SHIFTLINE_DATABASE_URL"):
        raise StartRefusedError("Say where to: --data DIR, or SHIFTLINE_DATABASE_URL for external engines.")
    instant: datetime | None = None if to_time is None else parse_instant("--to-time", to_time)
    wanted = restoring.Wanted(
        root=from_.absolute(),
        data=data,
        settings=None if data is not None else Settings.from_environment(os.environ),
        backup_id=backup_id,
        to_time=instant,
        keys=(recording_keys, ledger_keys),
        passphrase=_passphrase(passphrase_file, ask=False) if with_keys else None,
        later=later,
    )
    restored = asyncio.run(restoring.restore(wanted, _say))
    for finding in restored.check.findings:
        _say(f"{'ok  ' if finding.holds else 'FAIL'}  {finding.sentence}")
    for each in restored.missing:
        _say(f"FAIL  Not in the backup: {each}")
    for each in restored.back_again:
        _say(f"note  Destroyed later, and back again: recording {each}. Destroy it again.")
    _say(f"{restored.place}: {restored.recordings} recordings, {restored.objects} objects.")
    if json:
        print(restoring.in_json(restored))
    return 0 if restored.check.holds and not restored.missing else 3


def import_recordings(
    folder: Annotated[
        Path, Parameter(help="Folder in the vendor's layout: year=/month=/day=/hour=/conversation_id=/ID.")
    ],
    /,
    *,
    organization: Annotated[str | None, Parameter(help="Id of the organization. [default: the only one]")] = None,
    from_organization: Annotated[
        tuple[str, ...],
        Parameter(negative=(), help="Id by which the organization went where it comes from; may be given again."),
    ] = (),
    zone: Annotated[str | None, Parameter(help="Time zone of files that tell none: America/Chicago.")] = None,
    reason: Annotated[str, Parameter(help="Why, for the ledger.")] = "import",
    no_repair: Annotated[
        bool, Parameter(negative=(), help="Leave all in quarantine, also what follows from the files themselves.")
    ] = False,
    report: Annotated[Path | None, Parameter(help="Write what was wrong before and is not after here, as CSV.")] = None,
    data: Annotated[Path | None, Parameter(help="Data folder. [default: as for serve]")] = None,
    json: Json = False,
) -> int:
    """Read exported recordings into quarantine, and out of it where nothing is left to ask. Exit code 0: all; 3: some wait or were refused."""
    from shiftline.apps import importing
    from shiftline.apps.running import find_settings
    from shiftline.foundation.telemetry import configure_logs
    from shiftline.imports.model import ImportDraft

    configure_logs("error")
    settings = find_settings(data or default_data_folder())
    draft = ImportDraft(str(folder.absolute()), reason, zone, from_organization, not no_repair)
    came = asyncio.run(importing.import_folder(settings, draft, organization, _say))
    done = came.done
    if report is not None:
        importing.write_report(came, report)
    waiting = done.received - done.adopted
    _say(
        f"{done.total} recordings: {done.received} new, {done.known} known, {done.refused} refused; {done.adopted} are "
        f"recordings now, {waiting} wait in quarantine."
    )
    if json:
        print(importing.in_json(came))
    return 3 if waiting or done.refused else 0


def _passphrase(file: Path | None, *, ask: bool) -> str:
    """The passphrase, from a file, the environment or a person."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").partition("\n")[0]
        except (OSError, UnicodeDecodeError) as error:
            raise StartRefusedError(f"--passphrase-file: {file} cannot be read: {error}.") from None
    if os.environ.get(PASSPHRASE):
        return os.environ[PASSPHRASE]
    if not sys.stdin.isatty():
        raise StartRefusedError(f"--with-keys needs a passphrase: --passphrase-file, or {PASSPHRASE}.")
    given = getpass.getpass("Passphrase of the keys: ")
    if ask and getpass.getpass("Again: ") != given:
        raise StartRefusedError("The two passphrases differ. Nothing was done.")
    return given


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
