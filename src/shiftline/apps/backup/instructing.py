"""What a backup's README tells whoever finds it, in a hurry."""

from shiftline.apps.backup.manifest import Manifest

_TEXT = """\
This is a backup of Shiftline ({environment}), made by version {shiftline}.

It is what was committed by {cut} (UTC, the machine's clock): the database, and {objects} objects, among
them those of {recordings} sealed recordings. It is complete if manifest.json lies beside this file.

TO PUT IT BACK
  shiftline restore --from FOLDER --backup {id} --data /var/lib/shiftline {keys_flag}
  where FOLDER is the one that holds backups/ and objects/. Into external engines: without --data, with
  SHIFTLINE_DATABASE_URL (an empty database) and SHIFTLINE_OBJECTS_URL set. {to_time}

THE KEYS
  Recordings are encrypted. What opens them are the key-encryption keys with the ids
{key_ids}
  {keys}
  Without that file everything is put back, and no recording can be heard, ever.
  The keys that sign the ledger are in ledger-keys.json, kept by the same people. Without them the ledger
  goes on under a new key, and whoever knows only the old one cannot check what comes.

TO CHECK IT WITHOUT SHIFTLINE
  manifest.json lists each file with its SHA-256; objects.jsonl.gz each object (zcat, then sha256sum of
  objects/KEY). manifest.note is a signed note (c2sp.org/signed-note) over the SHA-256 of manifest.json.
  {database}

WHAT A BACKUP IS NOT
  A way around deletion: a recording that was destroyed after {cut} is still in here, and comes back with
  its key. Name the ledger of the later time (restore --later FILE): it lists what must be destroyed again.
  Remove this folder once what must not come back is in it; shiftline backup --prune then removes the
  objects that no backup names.
"""


def describe(manifest: Manifest) -> str:
    """The README."""
    is_log = manifest.kind == "log"
    return _TEXT.format(
        environment=manifest.environment,
        shiftline=manifest.shiftline,
        cut=f"{manifest.cut.at:%Y-%m-%dT%H:%M:%SZ}",
        objects=manifest.objects,
        recordings=manifest.recordings,
        id=manifest.id,
        keys_flag=""
        if manifest.with_keys
        else "\\\n    --recording-keys recording-keys.json --ledger-keys ledger-keys.json",
        to_time="For another instant since the base: --to-time 2026-01-31T12:00:00+00:00." if is_log else "",
        key_ids="\n".join(f"    {each}" for each in manifest.key_ids) or "    (none: nothing is recorded yet)",
        keys="They are in keys.age, encrypted by a passphrase: age -d keys.age | tar x"
        if manifest.with_keys
        else "They are NOT in this backup: they are in the file of keys (recording-keys.json) that was kept apart.",
        database=_LOG.format(base=manifest.base.backup) if manifest.base is not None else _DUMP,
    )


_DUMP = "database.dump is pg_dump's archive: pg_restore --list database.dump"
_LOG = (
    "backups/{base}/base.tar.gz is pg_basebackup's, wal/ the server's archived log (restore_command: gzip -dc):\n"
    "  PostgreSQL's own point-in-time recovery."
)
