"""The page of a code on the wire."""

import msgspec

from shiftline.access.model.reasons import ReasonPage


class AccessReason(msgspec.Struct, kw_only=True):
    """What a code means, how it comes about, what lifts it and what does not. ``text`` is Markdown, with its title."""

    code: str
    title: str
    text: str


def write_reason(page: ReasonPage) -> AccessReason:
    """A page on the wire."""
    return AccessReason(code=page.code, title=page.title, text=page.text)
