"""Where sound is kept, and the keys that open it: what operations on media are given beside the context."""

from dataclasses import dataclass

from shiftline.foundation.objects import Objects
from shiftline.recordings.keys import Keys
from shiftline.recordings.model import Storage


@dataclass(frozen=True, slots=True)
class Vault:
    """The objects and the key-encryption keys of a program."""

    objects: Objects
    keys: Keys


def inspect_storage(keys: Keys) -> Storage:
    """Whether sound can be encrypted and kept now, for ``rules.judge_storage``."""
    return Storage(keys.problem, None if keys.path is None else str(keys.path))
