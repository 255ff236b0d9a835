"""Frames from outside: what is read, what is refused; and what is written can be read again."""

import pytest

from shiftline.signalling.stanza import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    Element,
    Malformed,
    escape_attribute,
    escape_text,
    parse_frame,
    serialise,
)


def refusal(frame: str | bytes, limit: int = 10_000) -> str:
    with pytest.raises(Malformed) as caught:
        parse_frame(frame, limit)
    return caught.value.condition


def test_names_carry_their_namespace_whatever_the_quotes_and_prefixes() -> None:
    element = parse_frame(
        "<c:iq xmlns:c='jabber:client' id='7' xml:lang='en'><ping xmlns='urn:xmpp:ping'/></c:iq>", 999
    )
    assert element.name == "jabber:client iq"
    assert element.attributes == {"id": "7", "http://www.w3.org/XML/1998/namespace lang": "en"}
    assert [child.name for child in element.children] == ["urn:xmpp:ping ping"]


def test_text_is_unescaped_and_whole() -> None:
    assert parse_frame("<a>x &lt; y &#38; <![CDATA[<z>]]></a>", 999).text == "x < y & <z>"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        " <a/>",
        "\n",
        "a",
        "<",
        "<>",
        "</a>",
        "<a",
        "<a/><b/>",
        "<a/>tail",
        "<a><b></a></b>",
        "<a b=1/>",
        "<a b='1' b='2'/>",
        "<p:a/>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<a>\x01</a>",
        "<a>\ud800</a>",
        '<?xml version="1.0"?><a/>',
        "<!DOCTYPE a><a/>",
        "<!-- c --><a/>",
        '<a xmlns="x y"/>',
    ],
)
def test_what_is_not_one_element_is_not_well_formed(frame: str) -> None:
    assert refusal(frame) == "not-well-formed"


@pytest.mark.parametrize("frame", ["<a><!-- c --></a>", "<a><?pi x?></a>", "<a/><!-- c -->", "<a/><?pi?>"])
def test_comments_and_instructions_are_restricted(frame: str) -> None:
    assert refusal(frame) == "restricted-xml"


def test_entities_of_the_senders_own_cannot_be_declared() -> None:
    assert refusal('<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>') == "not-well-formed"
    assert refusal('<a><!DOCTYPE b [<!ENTITY e "boom">]>&e;</a>') == "not-well-formed"


def test_sizes_are_bounded() -> None:
    assert refusal("<a>" + "x" * 100 + "</a>", 100) == "policy-violation"
    nested = "<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH
    assert parse_frame(nested, 10_000).children
    assert refusal("<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1)) == "policy-violation"
    assert refusal("<a>" + "<b/>" * MAX_ELEMENTS + "</a>") == "policy-violation"


def test_bytes_are_utf_8() -> None:
    assert parse_frame("<a>ä</a>".encode(), 99).text == "ä"
    assert refusal(b"<a>\xe4</a>") == "unsupported-encoding"
    assert refusal("<a/>".encode("utf-16")) == "unsupported-encoding"


@pytest.mark.parametrize("text", ['a<b>&"c"', "tab\tnew\nline\rreturn", "]]>", "ä→🙂", ""])
def test_what_is_escaped_reads_the_same(text: str) -> None:
    element = parse_frame(f'<a b="{escape_attribute(text)}">{escape_text(text)}</a>', 999)
    assert element.text == text
    assert element.get("b") == text


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert escape_text("a\x00b\x0bc\ufffed\ud800e") == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert escape_attribute("a\x00b") == "a\ufffdb"


def test_serialised_elements_read_the_same() -> None:
    element = Element(
        "jabber:client message",
        {"to": 'a"b', "http://www.w3.org/XML/1998/namespace lang": "en", "urn:x y": "<1>"},
        [Element("jabber:client body", {}, text="a < b"), Element("urn:q payload", {}, [Element("plain", {})])],
    )
    frame = serialise(element)
    assert parse_frame(frame, 999) == element
    assert 'xml:lang="en"' in frame
