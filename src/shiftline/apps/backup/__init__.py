"""Backups of an installation at one consistent cut while it runs, and how they are put back.

A *backup folder* holds any number of backups: what changes (the database) once a backup, what never changes (objects) once.

- ``backups/ID/manifest.json``: the cut, each file with its SHA-256, what the ledgers said; it is written last, so that a backup without
  one says by that alone that it is incomplete. ``manifest.note``: its digest, signed by the ledger's keys.
- ``backups/ID/database.dump``: pg_dump's archive in the snapshot of the cut; or ``base.tar.gz`` and the segments in ``wal/`` where the
  database server archives its log into this folder: then any instant after the base can be put back.
- ``backups/ID/objects.jsonl.gz``: every object with size and SHA-256; their content is in ``objects/``, by the same keys.
- ``backups/ID/keys.age``: the files of keys, only where asked for, encrypted by a passphrase in the format of age.

The cut: whatever the database calls sealed at it was an object before that was committed, and objects are never changed. So they
are read after the database, at leisure. Start with ``making.make_backup`` and ``restoring.restore``.
"""
