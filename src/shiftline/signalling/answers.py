"""The frames a stream answers with, as templates: each value is escaped where it is filled in."""

from dataclasses import dataclass

from shiftline.signalling.stanza import (
    NS_CLIENT,
    NS_FRAMING,
    NS_PING,
    NS_SASL,
    NS_STANZA_ERRORS,
    NS_STREAM,
    NS_STREAM_ERRORS,
    Element,
    escape_attribute,
    escape_text,
)

CLOSE = f'<close xmlns="{NS_FRAMING}"/>'
SUCCESS = f'<success xmlns="{NS_SASL}"/>'


def open_frame(domain: str, stream_id: str) -> str:
    """The server's side of opening a stream. Source: RFC 7395 section 3.4."""
    return (
        f'<open xmlns="{NS_FRAMING}" from="{escape_attribute(domain)}" id="{escape_attribute(stream_id)}"'
        ' version="1.0" xml:lang="en"/>'
    )


def features_frame(features: str) -> str:
    """What the client may do next; ``features`` is XML."""
    return f'<stream:features xmlns:stream="{NS_STREAM}">{features}</stream:features>'


def stream_error(condition: str, sentence: str) -> str:
    """An error that ends the stream. Source: RFC 6120 section 4.9.3 for the conditions."""
    return (
        f'<stream:error xmlns:stream="{NS_STREAM}"><{condition} xmlns="{NS_STREAM_ERRORS}"/>'
        f'<text xmlns="{NS_STREAM_ERRORS}" xml:lang="en">{escape_text(sentence)}</text></stream:error>'
    )


def sasl_failure(condition: str, sentence: str) -> str:
    """A refused authentication with its reason. Source: RFC 6120 section 6.5 for the conditions."""
    return f'<failure xmlns="{NS_SASL}"><{condition}/><text xml:lang="en">{escape_text(sentence)}</text></failure>'


def ping_frame(to: str, number: int) -> str:
    """The server's own ping; any client answers it with a result or an error."""
    return f'<iq xmlns="{NS_CLIENT}" type="get" id="ping-{number}" to="{escape_attribute(to)}"><ping xmlns="{NS_PING}"/></iq>'


@dataclass(frozen=True, slots=True)
class Request:
    """A client's IQ of type get or set: who it was sent to (None: this server) and its one child."""

    request_id: str
    to: str | None
    payload: Element

    def result(self, payload: str = "") -> str:
        """The frame that grants it; ``payload`` is XML."""
        start = f'<iq xmlns="{NS_CLIENT}" type="result" id="{escape_attribute(self.request_id)}"{self._sender()}'
        return f"{start}>{payload}</iq>" if payload else f"{start}/>"

    def error(self, kind: str, condition: str, sentence: str) -> str:
        """The frame that refuses it. Source: RFC 6120 section 8.3 for kinds (auth, cancel, modify, wait) and conditions."""
        return stanza_error(
            "iq", f'id="{escape_attribute(self.request_id)}"{self._sender()}', kind, (condition, sentence)
        )

    def _sender(self) -> str:
        return f' from="{escape_attribute(self.to)}"' if self.to else ""


def stanza_error(stanza: str, attributes: str, kind: str, reason: tuple[str, str]) -> str:
    """An iq or message of type error; ``attributes`` is XML, ``reason`` a condition and a sentence."""
    condition, sentence = reason
    return (
        f'<{stanza} xmlns="{NS_CLIENT}" type="error" {attributes}><error type="{kind}">'
        f'<{condition} xmlns="{NS_STANZA_ERRORS}"/>'
        f'<text xmlns="{NS_STANZA_ERRORS}" xml:lang="en">{escape_text(sentence)}</text></error></{stanza}>'
    )
