"""Prompts: packets of files that were encoded before, so that nobody's hearing them costs more than sending."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

from shiftline.calls.media.model import PromptUnknown
from shiftline.calls.media.ogg import read_opus
from shiftline.calls.media.opus import FRAME, SILENCE

Packets: TypeAlias = tuple[tuple[bytes, int], ...]
"""Opus packets with the samples each lasts."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Feed(Protocol):
    """What gives a leg its next packet when its time has come."""

    def next(self) -> tuple[bytes, int]:
        """A packet and how many samples it lasts."""
        ...


class SilentFeed:
    """Silence without end."""

    def next(self) -> tuple[bytes, int]:
        """20 ms of silence."""
        return SILENCE, FRAME


SILENT = SilentFeed()


class Playlist:
    """One listener's place in a list of prompts; silence after the last."""

    def __init__(self, prompts: Sequence[Packets], *, loop: bool) -> None:
        self._packets = tuple(packet for prompt in prompts for packet in prompt)
        self._loop = loop
        self._place = 0

    def next(self) -> tuple[bytes, int]:
        """The packet at the listener's place."""
        if self._place == len(self._packets) and self._loop:
            self._place = 0
        if self._place == len(self._packets):
            return SILENCE, FRAME
        self._place += 1
        return self._packets[self._place - 1]


class Library:
    """The prompts of a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prompts: dict[str, Packets] = {}

    def find(self, name: str) -> Packets:
        """The packets of ``<name>.ogg``. Raises PromptUnknown when the folder has no such file, or it cannot be played."""
        found = self._prompts.get(name)
        if found is None:
            if not _NAME.fullmatch(name):
                raise PromptUnknown(name)
            try:
                found = self._prompts[name] = read_opus((self._folder / f"{name}.ogg").read_bytes()).packets
            except (OSError, ValueError) as error:
                raise PromptUnknown(name) from error
        return found
