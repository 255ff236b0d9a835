"""SASL PLAIN, where the password is ``authKey:`` and an access token. It is looked up, never hashed slowly.

Only PLAIN is offered: the vendor's client would pick SCRAM if it could, and a token has no salted form.
Source: RFC 6120 section 6, RFC 4616.
"""

import base64
import binascii
from collections.abc import Sequence

from shiftline.signalling.effects import Authenticate, Output
from shiftline.signalling.model import Denial
from shiftline.signalling.stanza import NS_SASL, Element, qualified
from shiftline.signalling.stream import Extension, State, Step, Stream

MECHANISM = "PLAIN"
TOKEN_PREFIX = "authKey:"  # noqa: S105 - the vendor's client puts it before the token


def authenticate(stream: Stream, element: Element) -> Sequence[Output]:
    """Take the credentials apart and ask the authority."""
    if element.get("mechanism") != MECHANISM:
        return _refuse(stream, "invalid-mechanism", f"Only the mechanism {MECHANISM} is offered.")
    try:
        message = base64.b64decode(element.text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return _refuse(stream, "incorrect-encoding", "The credentials are not base64.")
    try:
        authorize_as, user, password = message.decode().split("\0")
    except ValueError:  # also a UnicodeDecodeError
        return _refuse(stream, "malformed-request", "The credentials are not the three parts of PLAIN.")
    jid = user if "@" in user else f"{user}@{stream.domain}"
    if authorize_as not in {"", user, jid}:
        return _refuse(stream, "invalid-authzid", "Nobody may act as somebody else.")
    token = password.removeprefix(TOKEN_PREFIX)
    if not user or not token:
        return _refuse(stream, "malformed-request", "The credentials lack a user or an access token.")
    return (Authenticate(jid, token),)


def abort(stream: Stream, _element: Element) -> Sequence[Output]:
    """The client gives up an authentication."""
    return _refuse(stream, "aborted", "The client gave up.")


def _refuse(stream: Stream, condition: str, sentence: str) -> Sequence[Output]:
    return stream.refuse(Denial(condition, sentence), stream.heard_at)


EXTENSION = Extension(
    name="sasl",
    features={
        State.OFFERED: f'<mechanisms xmlns="{NS_SASL}"><mechanism>{MECHANISM}</mechanism></mechanisms>',
    },
    elements={
        qualified(NS_SASL, "auth"): (Step.AUTH, authenticate),
        qualified(NS_SASL, "abort"): (Step.ABORT, abort),
    },
)
