"""What is not kept for ever: what clients saw, what was asked, what was tried. What was decided when somebody came stays."""

from shiftline.access import store
from shiftline.foundation.context import Context


async def forget_old(context: Context) -> None:
    """Drop traces of clients after a week, questions and simulations after 30 days, of every organization. Real time."""
    async with context.reader() as reader:
        await store.forget_old(reader)
