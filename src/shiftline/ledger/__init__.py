"""The ledger: one append-only transparency log an organization, of everything that happens to its recordings and exports.

Words: an *entry* says that something happened, by a digest of the facts; a *leaf* is an entry that has its place; a
*checkpoint* is a signed statement of how many leaves there are and of the root of their Merkle tree; a *tile* is 256
hashes of that tree. A *proof* shows that an entry is under a checkpoint's root, or that a later tree begins with an
earlier one.

Invariants: an entry commits with what it tells of, or not at all; every committed entry gets a place, without gaps;
nothing that has a place is ever changed; what is signed never contradicts what was signed before.

Start with ``rules/tree.py``. ``rules`` needs no database: who verifies a package offline imports it alone.
"""
