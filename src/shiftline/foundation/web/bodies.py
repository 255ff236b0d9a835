"""Bodies are read by their declared shape at once, and strictly: a number is no text and no instant."""

import re
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ClientException, HTTPException, ValidationException

from shiftline.foundation.web.sentences import find_choices, why_no_json

# msgspec ends its messages with the place: ``- at `$.shifts[0].startTime` ``.
_PLACE = re.compile(r"^(?P<sentence>.*) - at (?:`key` in )?`\$\.?(?P<place>.*)`$", re.DOTALL)


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body becomes the handler's ``data`` without any conversion between kinds of values."""

    async def json(self) -> Any:
        """The body as the handler declares it. Raises ValidationException naming the field."""
        declared = self.route_handler.parsed_data_field
        if declared is None:
            return await super().json()
        body = await self.body()
        kind = self.headers.get("content-type", "")
        if body and kind and "json" not in kind.lower():
            raise HTTPException(f"The body is announced as {kind[:100]}; it must be application/json.", status_code=415)
        try:
            return msgspec.json.decode(body, type=declared.raw)
        except msgspec.ValidationError as error:
            found = _PLACE.match(str(error))
            sentence, place = (found["sentence"], found["place"]) if found else (str(error), "")
            choices = find_choices(declared.raw, place)
            problem = {"message": sentence, "key": place or "data", "source": "body", "choices": choices}
            raise ValidationException(detail="The body is not valid.", extra=[problem]) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ClientException(f"The body is not JSON: {why_no_json(error)}.") from error
        except RecursionError as error:
            raise ClientException("The body is nested too deeply.") from error
