"""One XML element per frame (RFC 7395): parsing with hard limits, and serialising.

Expat, not lxml: libxml2 keeps every element and attribute name it ever saw in a dictionary that lxml shares between all
parsers of a thread and never frees (measured with lxml 6.1: 1 MiB for each 10,000 new names), which is a leak that anybody
could drive before authentication. Expat frees with its parser and costs 4 microseconds more a frame.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

NS_CLIENT = "jabber:client"
NS_FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
NS_STREAM = "http://etherx.jabber.org/streams"
NS_STREAM_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams"
NS_STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas"
NS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
NS_BIND = "urn:ietf:params:xml:ns:xmpp-bind"
NS_PING = "urn:xmpp:ping"
NS_SERVICES = ("urn:xmpp:extdisco:1", "urn:xmpp:extdisco:2")
"""The vendor's client speaks the first version, others the second; what we answer is the same in both."""
NS_PUBSUB = "http://jabber.org/protocol/pubsub"
NS_PUBSUB_EVENT = "http://jabber.org/protocol/pubsub#event"
NS_JSON = "urn:xmpp:json:0"
NS_JINGLE_MESSAGE = "urn:xmpp:jingle-message:0"
NS_GENESYS = "genesys"
NS_XML = "http://www.w3.org/XML/1998/namespace"

MAX_DEPTH = 32
"""No stanza of the protocol nests deeper than eight."""
MAX_ELEMENTS = 1000

_START = re.compile(r"<[A-Za-z]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_WHITE = {ord("\t"): "&#9;", ord("\n"): "&#10;"}


class Malformed(Exception):  # noqa: N818 - a client's fault, answered on the stream
    """A frame that no stanza can be read from. ``condition`` is the stream error (RFC 6120 section 4.9.3)."""

    def __init__(self, condition: str, sentence: str) -> None:
        super().__init__(sentence)
        self.condition = condition
        self.sentence = sentence


@dataclass(slots=True)
class Element:
    """One element. ``name`` and the names of attributes are ``namespace local``, or ``local`` without a namespace."""

    name: str
    attributes: dict[str, str]
    children: "list[Element]" = field(default_factory=list["Element"])
    text: str = ""

    def get(self, attribute: str) -> str | None:
        """The attribute's value, if there is one."""
        return self.attributes.get(attribute)

    def child(self, name: str) -> "Element | None":
        """The first child of this qualified name, if there is one."""
        for element in self.children:
            if element.name == name:
                return element
        return None

    @property
    def namespace(self) -> str:
        """The namespace, empty without one."""
        return self.name.rpartition(" ")[0]

    @property
    def local_name(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition(" ")[2]


def qualified(namespace: str, local: str) -> str:
    """An element's name as ``Element.name`` has it. Unambiguous: expat refuses a space in a namespace."""
    return f"{namespace} {local}"


def parse_frame(frame: str | bytes, limit: int) -> Element:
    """The one element of a frame of at most ``limit`` characters.

    Raises Malformed with the stream error's condition.
    """
    if len(frame) > limit:
        raise Malformed("policy-violation", f"A frame may hold at most {limit} characters here.")
    if isinstance(frame, bytes):
        try:
            frame = frame.decode()
        except UnicodeDecodeError:
            raise Malformed("unsupported-encoding", "A frame is UTF-8 text.") from None
    if not _START.match(frame):  # no declaration, so no document type, so no entity of the sender's own
        raise Malformed("not-well-formed", "A frame holds one XML element and nothing before it.")
    parser = expat.ParserCreate(None, " ")
    root = _grow(parser)
    try:
        parser.Parse(frame, True)
    except (expat.ExpatError, UnicodeError) as error:
        raise Malformed("not-well-formed", f"The frame is not well-formed XML: {error}.") from None
    return root[0]


def _grow(parser: expat.XMLParserType) -> list[Element]:
    """Let the parser build elements; the first of the list is the root."""
    grown: list[Element] = []
    open_elements: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_elements) >= MAX_DEPTH or len(grown) >= MAX_ELEMENTS:
            raise Malformed("policy-violation", f"More than {MAX_DEPTH} levels or {MAX_ELEMENTS} elements in a frame.")
        element = Element(name, attributes)
        if open_elements:
            open_elements[-1].children.append(element)
        grown.append(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        open_elements.pop()

    def text(data: str) -> None:
        open_elements[-1].text += data

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.CommentHandler = _refuse_comment
    parser.ProcessingInstructionHandler = _refuse_instruction
    return grown


def _refuse_comment(_text: str) -> None:
    raise Malformed("restricted-xml", "XMPP has no comments.")


def _refuse_instruction(_target: str, _text: str) -> None:
    raise Malformed("restricted-xml", "XMPP has no processing instructions.")


def escape_text(text: str) -> str:
    """Text as element content; what XML cannot hold becomes U+FFFD."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if text.isprintable():  # then it holds nothing that XML cannot: a test far cheaper than the search
        return text
    return _NOT_XML.sub(_REPLACEMENT, text).replace("\r", "&#13;")


def escape_attribute(text: str) -> str:
    """Text as a double-quoted attribute's value; what XML cannot hold becomes U+FFFD."""
    text = escape_text(text)
    if '"' in text:
        text = text.replace('"', "&quot;")
    return text if text.isprintable() else text.translate(_WHITE)


def serialise(element: Element) -> str:
    """The element as one frame, each namespace declared where it changes. Mixed content is not kept: text comes first."""
    parts: list[str] = []
    _write(element, "", parts.append)
    return "".join(parts)


def _write(element: Element, inherited: str, put: Callable[[str], None]) -> None:
    namespace, _, local = element.name.rpartition(" ")
    put(f"<{local}")
    if namespace != inherited:
        put(f' xmlns="{escape_attribute(namespace)}"')
    for number, (name, value) in enumerate(element.attributes.items()):
        put(_attribute(name, value, number))
    if not element.children and not element.text:
        put("/>")
        return
    put(">")
    put(escape_text(element.text))
    for child in element.children:
        _write(child, namespace, put)
    put(f"</{local}>")


def _attribute(name: str, value: str, number: int) -> str:
    namespace, _, local = name.rpartition(" ")
    if not namespace:
        return f' {local}="{escape_attribute(value)}"'
    if namespace == NS_XML:
        return f' xml:{local}="{escape_attribute(value)}"'
    return f' xmlns:n{number}="{escape_attribute(namespace)}" n{number}:{local}="{escape_attribute(value)}"'
