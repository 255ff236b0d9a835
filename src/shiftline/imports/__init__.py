"""Recordings that were exported elsewhere come in: verbatim into quarantine, and out of it only once they are repaired.

An *import* reads a folder in the vendor's layout of exported recordings: ``year=/month=/day=/hour=/conversation_id=/ID`` with
``ID_metadata.json`` beside it. Each pair, or what is there of one, becomes an *item*: the media encrypted as an object, the metadata as they
are in a row, both with their SHA-256. *Examining* holds an item against named *rules*; each *problem* is one, with a sentence. Some have a
*correction* that follows from the file itself (the end from the sound's length, the offset from the zone); the others wait for somebody. An
item without an open problem is *adopted*: it becomes a sealed recording, whose first revision names the digests of the original.

Invariants: no recording has a null or contradictory instant because it was imported; nothing of another organization is kept; the same folder
twice adds nothing; the original stays, and stands in the ledger from when it came.

Start with ``rules/examining.py``, then ``operations/receiving.py``.
"""
