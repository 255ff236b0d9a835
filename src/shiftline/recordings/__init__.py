"""What was recorded: recordings with complete metadata, kept encrypted, played with permission.

A *recording* is what one *leg* gave a call: one Ogg/Opus file. It is *open* from the transaction that connects the leg,
*stopping* once its end was asked for, *sealed* when its sound lies in the objects with its end, counts and hashes, and
*lost* when nothing of it is left. While it is being written it lies in a *spool* on the media node's disk, encrypted from
its first byte in a *container* of authenticated chunks, under a *data key* of its own which a *key-encryption key* wraps;
that one stands in a file that neither the database nor the objects ever see. A *revision* is the metadata as it was known.

Invariants: a sealed recording has start, zone, offset at that instant, participants, end, counts and hash, and the database
refuses one without; a crash costs at most what was not flushed yet, and the metadata says so; whoever hears a recording, or
is refused it, stands in its access log; metadata change by a new revision only.

Start with ``control.rules.judge_policy``, then ``operations/opening.py`` and ``operations/sealing.py``.
"""
