"""`shiftline openapi`: the document of every operation that this release serves."""

import json

from shiftline.apps import rooms
from shiftline.foundation.web.application import describe


def document() -> str:
    """Return the OpenAPI document as indented JSON."""
    return json.dumps(describe(rooms.routes()), indent=2, sort_keys=True)
