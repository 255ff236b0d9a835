"""The page of a code on the wire."""

import msgspec

from shiftline.access.model.reasons import ReasonPage


class AccessReason(msgspec.Struct, kw_only=True):
    """What a code means, how it comes about, what lifts it and what does not. ``text`` is Markdown, with its title."""

    code: str
    title: str
    text: str


class AccessReasonLine(msgspec.Struct, kw_only=True):
    """A code among others. ``effect``: what a decision makes of it, and of which action."""

    code: str
    title: str
    effect: str


class AccessReasons(msgspec.Struct, kw_only=True):
    """Codes of decisions, in their order."""

    entities: list[AccessReasonLine]


def write_reason(page: ReasonPage) -> AccessReason:
    """A page on the wire."""
    return AccessReason(code=page.code, title=page.title, text=page.text)


def write_reasons(pages: list[ReasonPage]) -> AccessReasons:
    """Pages as a list of what they are of."""
    return AccessReasons(
        entities=[AccessReasonLine(code=each.code, title=each.title, effect=each.effect) for each in pages]
    )
