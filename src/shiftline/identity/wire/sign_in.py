"""What the sign-in page is sent, by an application and by a person."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from shiftline.identity.model import SignInRequest
from shiftline.identity.wire.oauth import Word


class Authorize(msgspec.Struct, kw_only=True):
    """An application's request, as it stands in the query and in the form's hidden fields. Unknown ones are ignored."""

    client_id: Word
    redirect_uri: Word
    response_type: Word = ""
    state: Word | None = None
    code_challenge: Word | None = None
    code_challenge_method: Word | None = None

    def request(self) -> SignInRequest:
        """The request as it is judged."""
        return SignInRequest(
            client_id=self.client_id,
            redirect_uri=self.redirect_uri,
            response_type=self.response_type,
            state=self.state,
            challenge=self.code_challenge or None,
            challenge_method=self.code_challenge_method,
        )

    def hidden(self) -> Mapping[str, str]:
        """The request as the form carries it along."""
        fields: Mapping[str, str | None] = {name: getattr(self, name) for name in Authorize.__struct_fields__}
        return {name: value for name, value in fields.items() if value is not None}


class SignInForm(Authorize, kw_only=True):
    """The request, and what the person typed."""

    email: Annotated[str, Meta(max_length=254, pattern=r"^[^\x00]*$")] = ""
    password: Annotated[str, Meta(max_length=1024)] = ""
    organization: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] | None = None
