"""What a person sees while something takes time: every step that lasts over a second is shown, on standard error."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.text import Text

_WORTH_SHOWING = 1.0


class Progress:
    """Speaks on standard error: sentences, and steps with the time they take."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, sentence: str, style: str = "") -> None:
        """Print a sentence; paths and brackets in it are taken as they are."""
        self._console.print(Text(sentence, style=style))

    @asynccontextmanager
    async def step(self, doing: str) -> AsyncGenerator[None]:
        """Show `doing` once it has lasted a second, and at its end how long it took."""
        begun = time.monotonic()
        showing = asyncio.create_task(self._show(doing))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
        lasted = time.monotonic() - begun
        if lasted >= _WORTH_SHOWING:
            self.say(f"{doing}: {lasted:.1f} s", "dim")

    async def _show(self, doing: str) -> None:
        await asyncio.sleep(_WORTH_SHOWING)
        if not self._console.is_terminal:
            self.say(f"{doing} …", "dim")
            return
        with self._console.status(Text(f"{doing} …")):
            await asyncio.Event().wait()
