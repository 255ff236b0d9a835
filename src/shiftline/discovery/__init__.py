"""Discovery: what is handed to opposing counsel, made so that they can verify it without us.

Words: an *export* is a frozen selection of conversations for a *matter*; a *document* is one recording, message
conversation or e-mail of it, with a number; a *package* is the folder that is handed over (BagIt, RFC 8493); its
*payload* lies in ``data/``, *tag files* beside it say what it is; *anchors* bind it to a time (RFC 3161) and to who made
it (DSSE).

Invariants: the same facts give the same bytes; a package is verified with public tools alone; what was left out is named
with its reason; no fact is written as null.

``package`` turns facts into files, ``verification`` reads a package and says in one sentence what is wrong with it; neither
needs a database. Start with ``model.py``, then ``package/building.py``.
"""
