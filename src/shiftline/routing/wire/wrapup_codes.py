"""Wrap-up codes in the vendor's shapes."""

from datetime import datetime
from typing import Annotated, TypeAlias

from litestar.params import Body
from msgspec import Meta

from shiftline.foundation.web.wire import LongText, NamedReference, Reference, Wire
from shiftline.routing.model.places import EVERY_DIVISION
from shiftline.routing.model.wrapup_codes import WrapupCode, WrapupCodeDraft
from shiftline.routing.wire.skills import Name, show_division

CODES = "/api/v2/routing/wrapupcodes"


class StarrableReference(Wire):
    """A division by its id; ``*`` for every division."""

    id: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9_.:@-]*)$")]


class WrapupCodeBody(Wire):
    """WrapupCodeRequest."""

    name: Name
    description: LongText | None = None
    division: StarrableReference | None = None


class WireWrapupCode(Wire, kw_only=True):
    """WrapupCode."""

    id: str
    name: str
    description: str | None = None
    division: NamedReference
    date_created: datetime
    date_modified: datetime
    created_by: str
    modified_by: str
    self_uri: str


CodesBody: TypeAlias = Annotated[list[Reference], Body(min_items=1, max_items=100)]


def show_wrapup_code(code: WrapupCode) -> WireWrapupCode:
    """A wrap-up code."""
    everywhere = NamedReference(id=EVERY_DIVISION, name=EVERY_DIVISION)
    return WireWrapupCode(
        id=code.id,
        name=code.name,
        description=code.description,
        division=everywhere if code.division.id == EVERY_DIVISION else show_division(code.division),
        date_created=code.record.created_at,
        date_modified=code.record.changed_at,
        created_by=code.record.created_by,
        modified_by=code.record.changed_by,
        self_uri=f"{CODES}/{code.id}",
    )


def read_wrapup_code(body: WrapupCodeBody) -> WrapupCodeDraft:
    """What a wrap-up code shall be."""
    return WrapupCodeDraft(body.name, body.description, body.division and body.division.id)
