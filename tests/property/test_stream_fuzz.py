"""Whatever a client sends, a stream and a feed never raise, never send what is not one element (or JSON), and let nobody
in whom the authority did not let in."""

import base64
import importlib
import json
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shiftline.foundation.errors import Conflict, NotFound, Refusal, Unavailable
from shiftline.foundation.events import Notification
from shiftline.foundation.ids import is_well_formed
from shiftline.signalling import answers, effects
from shiftline.signalling.answers import Request
from shiftline.signalling.bulletin import NO_LONGER_SUBSCRIBED, Bulletin
from shiftline.signalling.effects import Output
from shiftline.signalling.extensions import bind, pubsub
from shiftline.signalling.extensions.calls import hearing
from shiftline.signalling.extensions.catalogue import speak
from shiftline.signalling.extensions.services import IceServer
from shiftline.signalling.feed import Feed
from shiftline.signalling.feed import Limits as FeedLimits
from shiftline.signalling.model import Denial, Identity, Notice, expand_topic
from shiftline.signalling.stanza import Element, Malformed, escape_attribute, escape_text, parse_frame, serialise
from shiftline.signalling.stream import Limits, State, Stream

P = ParamSpec("P")
T = TypeVar("T")

etree: Any = importlib.import_module("lxml.etree")
"""The judge of what we write: another parser than the one we read with. It has no types."""

IDENTITY = Identity("org-1", "person-1", "channel-1", "digest-1", "agent1@org.localhost")
DIALECT = speak("notifications.localhost", [IceServer("stun", "localhost")], Limits(burst=40))


def auth(message: bytes) -> str:
    content = base64.b64encode(message).decode()
    return f'<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">{content}</auth>'


def request(payload: str, kind: str = "get", to: str = "org.localhost") -> str:
    return f'<iq xmlns="jabber:client" id="7" type="{kind}" to="{to}">{payload}</iq>'


SUBSCRIPTION = '<pubsub xmlns="http://jabber.org/protocol/pubsub"><{} node="{}"/></pubsub>'
CALL = '<genesys-webrtc xmlns="genesys">{}</genesys-webrtc>'
PEER = "leg-1@gjoll.org.localhost/peer"
PAYLOADS = (
    '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>r</resource></bind>',
    '<ping xmlns="urn:xmpp:ping"/>',
    '<services xmlns="urn:xmpp:extdisco:1" type="stun"/>',
    SUBSCRIPTION.format("subscribe", "v2.users.person-1.conversations"),
    SUBSCRIPTION.format("unsubscribe", "v2.users.person-1?a&amp;b"),
    SUBSCRIPTION.format("subscribe", "enable.server.side.pings"),
    '<query xmlns="jabber:iq:roster"/>',
    CALL.format('{"jsonrpc":"2.0","id":"u","method":"answer","params":{"sessionId":"S","sdp":"v=0\\r\\n"}}'),
    CALL.format('{"method":"iceCandidate","params":{"sessionId":"S","sdp":"a=end-of-candidates"}}'),
    CALL.format('{"method":"terminate","params":{"sessionId":"S","reason":"success"}}'),
)
VALID = (
    '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="org.localhost" version="1.0"/>',
    auth(b"\0agent1@org.localhost\0authKey:token"),
    *(
        request(payload, kind)
        for kind, payload in zip(("set", "get", "get", "set", "set", "set", "get"), PAYLOADS[:7], strict=True)
    ),
    *(request(payload, "set", PEER) for payload in PAYLOADS[7:]),
    f'<message xmlns="jabber:client" to="{PEER}"><proceed xmlns="urn:xmpp:jingle-message:0" id="S"/></message>',
    '<message xmlns="jabber:client" to="agent1@org.localhost"><accept xmlns="urn:xmpp:jingle-message:0" id="S"/></message>',
    '<message xmlns="jabber:client" to="x@y" id="&quot;&lt;"><body>&#x1F642; &amp;</body></message>',
    '<presence xmlns="jabber:client"/>',
    '<abort xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>',
    '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>',
)
PIECES = (
    *(
        "<",
        ">",
        "/",
        '"',
        "'",
        "=",
        "&",
        "&#0;",
        "&lt;",
        "&x;",
        "<!--",
        "-->",
        "<?",
        "?>",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE a>",
    ),
    *("xmlns", "id", "type", "jabber:client", "iq", "bind", "\0", "\x01", "\ud800", "\ufffe", " ", "\n", "ä", "🙂"),
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(("S", "v=0\r\n", "a\0", "active")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
MARKS = st.sampled_from("<>&\"'\0\n\ud800\ufffe ")
TEXT = st.text(MARKS | st.characters(exclude_categories=[]), max_size=20)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid frame with pieces cut out, doubled and put in."""
    frame = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(frame)))
        end = draw(st.integers(begin, min(len(frame), begin + 12)))
        frame = frame[:begin] + draw(st.sampled_from(PIECES) | TEXT | st.just(frame[begin:end] * 2)) + frame[end:]
    return frame


@st.composite
def well_formed(draw: st.DrawFn) -> str:
    """An element with names and values that no client would send."""
    namespaces = st.sampled_from(("", "jabber:client", "urn:xmpp:ping", "urn:ietf:params:xml:ns:xmpp-sasl", "x"))
    names = st.sampled_from(("iq", "message", "auth", "open", "close", "bind", "error", "a"))
    attributes = st.dictionaries(st.sampled_from(("id", "type", "to", "from", "node", "version", "mechanism")), TEXT)
    leaf = st.builds(_element, namespaces, names, attributes, st.just([]), TEXT)
    tree = st.recursive(
        leaf,
        lambda inner: st.builds(_element, namespaces, names, attributes, st.lists(inner, max_size=3), TEXT),
        max_leaves=6,
    )
    return serialise(draw(tree))


def _element(namespace: str, name: str, attributes: dict[str, str], children: list[Element], text: str) -> Element:
    return Element(f"{namespace} {name}" if namespace else name, attributes, children, text)


FRAMES = st.one_of(
    st.sampled_from(VALID),
    mutated(),
    well_formed(),
    TEXT,
    st.binary(max_size=60),
    st.sampled_from(VALID).map(str.encode),
)
DENIALS = st.builds(Denial, st.sampled_from(("not-authorized", "temporary-auth-failure")), TEXT, st.none() | TEXT)
WORDS = st.text(st.sampled_from("<>&\"'\0\n ") | st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def bulletins(draw: st.DrawFn) -> Bulletin:
    """Notifications whose topic, body and id hold anything that JSON can."""
    return Bulletin(Notification("org-1", draw(WORDS), {"text": draw(WORDS)}), draw(WORDS))


def attempt(read: Callable[P, T], *args: P.args, **named: P.kwargs) -> T | Malformed | ValueError:
    """What a reader makes of something, or the refusal that it is allowed to raise."""
    try:
        return read(*args, **named)
    except (Malformed, ValueError) as fault:
        return fault


def element_of(frame: str) -> str:
    """The frame's one element as another parser reads it: its qualified name. Raises where it is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(frame.encode(), parser)
    assert root.getprevious() is None
    assert root.getnext() is None
    assert root.nsmap.get(None) or root.prefix == "stream"  # RFC 7395: each frame declares its own namespace
    return str(root.tag)


class AnyClient(RuleBasedStateMachine):
    """A client that says anything at any time, a shell that carries out, an authority that answers late or never."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.stream = Stream(DIALECT, "s1", self.now)
        self.asked: effects.Authenticate | None = None
        self.pending: list[effects.Subscription] = []
        self.wishes: list[effects.Bind] = []
        self.said: list[effects.Hear] = []
        self.welcomed = False
        self.closed = False

    def take(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            assert not self.closed, "nothing comes after the close"
            if isinstance(output, str):
                name = element_of(output)
                assert self.welcomed or name != "{urn:ietf:params:xml:ns:xmpp-sasl}success"
            elif isinstance(output, effects.Authenticate):
                assert self.stream.state is State.AUTHENTICATING
                self.asked = output
            elif isinstance(output, effects.Close):
                self.closed = True
            else:
                assert self.welcomed, f"{output} before the authority's welcome"
                self.keep(output)

    def keep(self, effect: Output) -> None:
        if isinstance(effect, effects.Bind):
            self.wishes.append(effect)
        elif isinstance(effect, effects.Subscription):
            assert expand_topic(effect.topic)
            self.pending.append(effect)
        elif isinstance(effect, effects.Hear):
            assert is_well_formed(effect.said.session_id)
            self.said.append(effect)
        elif isinstance(effect, effects.Forward):
            assert element_of(effect.frame) == "{jabber:client}message"
            assert effect.to.partition("/")[0] == IDENTITY.jid

    @initialize(steps=st.integers(0, 6))
    def get_some_way_in(self, steps: int) -> None:
        """Begin anywhere on the way in, most often at its end, or too few examples would get there."""
        for _ in range(steps if steps < 3 else 6):
            if self.asked is not None:
                self.the_authority_welcomes()
            elif self.wishes:
                self.the_shell_binds()
            elif self.stream.state is not State.LIVE:
                self.say_what_leads_on(0)
        assert steps < 3 or self.stream.live

    @rule(frame=FRAMES)
    def say_anything(self, frame: str | bytes) -> None:
        self.take(self.stream.receive(frame, self.now))

    @rule(number=st.integers(0, 6))
    def say_what_leads_on(self, number: int) -> None:
        """What a sensible client would say next."""
        ways = {State.OPENING: 0, State.OFFERED: 1, State.AUTHENTICATED: 0, State.BINDING: 2}
        self.take(self.stream.receive(VALID[ways.get(self.stream.state, 3 + number)], self.now))

    @rule(frame=st.sampled_from(VALID))
    def say_what_others_say(self, frame: str) -> None:
        """A valid frame, at the right time or not."""
        self.take(self.stream.receive(frame, self.now))

    @rule(payload=st.sampled_from(PAYLOADS), kind=st.sampled_from(("get", "set")), ids=st.tuples(TEXT, TEXT))
    def ask_with_odd_names(self, payload: str, kind: str, ids: tuple[str, str]) -> None:
        """A well-formed request whose id and address are any text."""
        request_id, to = map(escape_attribute, ids)
        self.take(
            self.stream.receive(
                f'<iq xmlns="jabber:client" id="{request_id}" to="{to}" type="{kind}">{payload}</iq>', self.now
            )
        )

    @rule(
        method=st.sampled_from(("answer", "iceCandidate", "info", "terminate", "mute")) | TEXT,
        params=st.dictionaries(st.sampled_from(("sessionId", "sdp", "status", "reason")), JSON_VALUES) | JSON_VALUES,
    )
    def call_with_odd_parameters(self, method: str, params: object) -> None:
        """Well-formed JSON-RPC to a call's peer whose values are anything."""
        text = escape_text(json.dumps({"method": method, "params": params}))
        self.take(self.stream.receive(request(CALL.format(text), "set", PEER), self.now))

    @rule(name=st.sampled_from(("proceed", "accept", "reject", "retract")), session_id=TEXT)
    def speak_of_any_call(self, name: str, session_id: str) -> None:
        child = f'<{name} xmlns="urn:xmpp:jingle-message:0" id="{escape_attribute(session_id)}"/>'
        self.take(self.stream.receive(f'<message xmlns="jabber:client" to="{PEER}">{child}</message>', self.now))

    @precondition(lambda self: self.said)
    @rule(
        refusal=st.none() | st.builds(Unavailable, TEXT) | st.builds(NotFound, TEXT, TEXT) | st.builds(Conflict, TEXT)
    )
    def the_calls_room_answers(self, refusal: Refusal | None) -> None:
        frame = hearing.answer(self.said.pop(), refusal)
        if frame is not None:
            self.take(self.stream.answer(frame))

    @rule(to=TEXT, body=TEXT)
    def write_to_anybody(self, to: str, body: str) -> None:
        frame = f'<message xmlns="jabber:client" id="m" to="{escape_attribute(to)}"><body>{escape_text(body)}</body></message>'
        self.take(self.stream.receive(frame, self.now))

    @precondition(lambda self: self.asked is not None)
    @rule()
    def the_authority_welcomes(self) -> None:
        self.asked = None
        thinking = self.stream.state is State.AUTHENTICATING
        self.welcomed = self.welcomed or thinking
        outputs = self.stream.welcome(IDENTITY)
        assert outputs == ((answers.SUCCESS,) if thinking else ())
        self.take(outputs)

    @precondition(lambda self: self.asked is not None)
    @rule(denial=DENIALS)
    def the_authority_refuses(self, denial: Denial) -> None:
        self.asked = None
        self.take(self.stream.refuse(denial, self.now))

    @precondition(lambda self: self.wishes)
    @rule()
    def the_shell_binds(self) -> None:
        wish = self.wishes.pop()
        self.take(bind.bound(self.stream, wish, wish.wish or "spare", self.now))

    @precondition(lambda self: self.pending)
    @rule(sentence=TEXT, number=st.integers(0, 2))
    def the_shell_answers(self, sentence: str, number: int) -> None:
        effect = self.pending.pop()
        frames = (pubsub.confirmed(self.stream, effect), pubsub.refused(effect, sentence), pubsub.unknown(effect))
        self.take(self.stream.answer(frames[number]))

    @rule(bulletin=bulletins(), sequence=st.integers(0, 10**9))
    def news_come(self, bulletin: Bulletin, sequence: int) -> None:
        frame = self.stream.notify(bulletin, sequence)
        if frame is not None:
            self.take((frame,))

    @rule(seconds=st.floats(0, 40))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.take(self.stream.timer(self.now))

    @rule(denial=DENIALS)
    def it_is_revoked(self, denial: Denial) -> None:
        self.take(self.stream.dismiss(Notice(NO_LONGER_SUBSCRIBED, "access_revoked", denial), "event-1", self.now))
        assert self.stream.state in {State.CLOSING, State.CLOSED}

    @rule()
    def the_server_goes(self) -> None:
        self.take(self.stream.close(self.now))

    @invariant()
    def nobody_is_in_unwelcomed(self) -> None:
        inside = {State.AUTHENTICATED, State.BINDING, State.LIVE}
        assert self.welcomed or (self.stream.state not in inside and self.stream.identity is None)
        assert self.closed is (self.stream.state is State.CLOSED)


TestAnyClient = AnyClient.TestCase
TestAnyClient.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)


@settings(max_examples=500, deadline=None)
@given(frame=FRAMES)
def test_a_frame_is_one_element_or_refused_for_a_reason(frame: str | bytes) -> None:
    read = attempt(parse_frame, frame, 10_000)
    assert not isinstance(read, ValueError)
    if isinstance(read, Malformed):
        assert read.condition.replace("-", "").isalpha()
        assert read.sentence
    else:
        assert parse_frame(serialise(read), 100_000).name == read.name


@settings(max_examples=500, deadline=None)
@given(text=TEXT)
def test_any_text_can_be_written_into_a_frame(text: str) -> None:
    frame = f'<a xmlns="x" b="{escape_attribute(text)}">{escape_text(text)}</a>'
    root = etree.fromstring(frame.encode())
    expected = "".join(
        c if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else "\ufffd"
        for c in text
    )
    assert (root.text or "") == expected
    assert root.get("b") == expected


@settings(max_examples=200, deadline=None)
@given(text=TEXT, to=TEXT)
def test_answers_may_hold_any_text(text: str, to: str) -> None:
    asked = Request(text, to, Element("x", {}))
    for frame in (
        answers.open_frame(to, text),
        answers.stream_error("policy-violation", text),
        answers.sasl_failure("not-authorized", text),
        answers.ping_frame(to, 1),
        asked.result(),
        asked.error("cancel", "bad-request", text),
    ):
        assert element_of(frame)


@settings(max_examples=300, deadline=None)
@given(
    frames=st.lists(
        st.one_of(TEXT, st.binary(max_size=60), st.sampled_from(('{"message":"ping"}', "[[", "{}"))), max_size=80
    )
)
def test_a_feed_survives_anything(frames: list[str | bytes]) -> None:
    feed = Feed(FeedLimits(), 0.0)
    feed.begin()
    feed.welcome(IDENTITY, 0.0)
    for number, frame in enumerate(frames):
        for output in feed.receive(frame, number / 100):
            if isinstance(output, str):
                assert json.loads(output)["topicName"] == "channel.metadata"
            else:
                assert isinstance(output, effects.Close)


@settings(max_examples=500, deadline=None)
@given(topic=TEXT | st.from_regex(r"[a-c.?&]{1,12}", fullmatch=True))
def test_a_topic_is_expanded_or_refused(topic: str) -> None:
    single = attempt(expand_topic, topic)
    assert not isinstance(single, Malformed)
    if isinstance(single, ValueError):
        assert "topic" in str(single)
    else:
        assert single
        assert all("?" not in name and "&" not in name for name in single)
        assert {name for one in single for name in expand_topic(one)} == set(single)
