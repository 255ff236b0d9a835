"""A migration that has landed is never edited: a folder that applied it refuses to start with another text."""

import hashlib

from shiftline.foundation.migrations import folder


def test_what_has_landed_stays_as_it_is() -> None:
    """`sha256sum` of a new file goes to `migrations/landed.sha256` when it lands."""
    lines = (folder() / "landed.sha256").read_text().splitlines()
    landed = {name: digest for digest, name in (line.split() for line in lines)}
    assert landed == {name: hashlib.sha256((folder() / name).read_bytes()).hexdigest() for name in landed}
