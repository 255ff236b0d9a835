"""From the open frame to a bound session, as softphone-wire.md section 1 has it, and every way not to get there."""

from collections.abc import Callable

import pytest

from shiftline.signalling import answers, effects
from shiftline.signalling.extensions import bind
from shiftline.signalling.model import Denial, Notice
from shiftline.signalling.stanza import parse_frame
from shiftline.signalling.stream import TRANSITIONS, State

from .conftest import Client

OPENED = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="org.localhost" id="s1" version="1.0" xml:lang="en"/>'


def condition(frame: object) -> str:
    assert isinstance(frame, str)
    assert frame.startswith("<stream:error")
    return parse_frame(frame, 10_000).children[0].local_name


def test_the_whole_way_in(client: Client) -> None:
    opened, features = client.open()
    assert opened == OPENED
    assert features == (
        '<stream:features xmlns:stream="http://etherx.jabber.org/streams">'
        '<mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism></mechanisms></stream:features>'
    )
    assert client.auth() == (effects.Authenticate("agent1@org.localhost", "token-1"),)
    assert client.stream.welcome(client.identity) == ('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>',)
    opened, features = client.open()
    assert opened == OPENED
    assert features == (
        '<stream:features xmlns:stream="http://etherx.jabber.org/streams">'
        '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></stream:features>'
    )
    (wish,) = client.say(
        '<iq xmlns="jabber:client" id="1" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>'
    )
    assert isinstance(wish, effects.Bind)
    assert wish.wish is None
    assert bind.bound(client.stream, wish, "ab12", client.now) == (
        (
            '<iq xmlns="jabber:client" type="result" id="1"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">'
            "<jid>agent1@org.localhost/ab12</jid></bind></iq>"
        ),
    )
    assert client.stream.live


def test_a_wished_resource_is_passed_on(client: Client) -> None:
    client.authenticate()
    (wish,) = client.say(
        "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
        "<resource>r&amp;1</resource></bind></iq>"
    )
    assert isinstance(wish, effects.Bind)
    assert wish.wish == "r&1"
    (frame,) = bind.bound(client.stream, wish, "r&1", client.now)
    assert isinstance(frame, str)
    assert "<jid>agent1@org.localhost/r&amp;1</jid>" in frame


@pytest.mark.parametrize("resource", ["x" * 1024, "a\nb"])
def test_a_resource_that_is_none_is_refused(client: Client, resource: str) -> None:
    client.authenticate()
    (frame,) = client.say(
        "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
        f"<resource>{resource}</resource></bind></iq>"
    )
    assert isinstance(frame, str)
    assert "<bad-request" in frame
    assert client.stream.state is State.BINDING


def test_a_user_without_a_domain_belongs_to_the_one_addressed(client: Client) -> None:
    client.open()
    assert client.auth(jid="agent1") == (effects.Authenticate("agent1@org.localhost", "token-1"),)


def test_a_token_needs_no_prefix_and_is_not_shown(client: Client, plain: Callable[[bytes], str]) -> None:
    client.open()
    (effect,) = client.say(plain(b"\0agent1@org.localhost\0bare-token"))
    assert effect == effects.Authenticate("agent1@org.localhost", "bare-token")
    assert "bare-token" not in repr(effect)


def test_a_refusal_says_why_and_names_the_decision(client: Client) -> None:
    client.open()
    client.auth()
    denial = Denial("not-authorized", "Connect is refused: <webRTC> is off.", "decision-7")
    assert client.stream.refuse(denial, client.now) == (
        (
            '<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/><text xml:lang="en">'
            "Connect is refused: &lt;webRTC&gt; is off. (decision decision-7)</text></failure>"
        ),
    )
    assert client.stream.state is State.OFFERED
    assert client.auth(token="another") == (effects.Authenticate("agent1@org.localhost", "another"),)


def test_the_third_refusal_ends_the_stream(client: Client) -> None:
    client.open()
    for _ in range(2):
        client.auth()
        assert len(client.stream.refuse(Denial("not-authorized", "No."), client.now)) == 1
    client.auth()
    _failure, error, close = client.stream.refuse(Denial("not-authorized", "No."), client.now)
    assert condition(error) == "policy-violation"
    assert close == answers.CLOSE
    assert not client.auth()


@pytest.mark.parametrize(
    ("message", "failure"),
    [
        (b"", "malformed-request"),
        (b"user", "malformed-request"),
        (b"\0user", "malformed-request"),
        (b"\0a@b\0authKey:", "malformed-request"),
        (b"\0\0authKey:t", "malformed-request"),
        (b"\0a@b\0t\0more", "malformed-request"),
        (b"\0\xff\0t", "malformed-request"),
        (b"other@b\0a@b\0authKey:t", "invalid-authzid"),
    ],
)
def test_credentials_that_are_none(client: Client, plain: Callable[[bytes], str], message: bytes, failure: str) -> None:
    client.open()
    (frame,) = client.say(plain(message))
    assert isinstance(frame, str)
    assert f"<{failure}/>" in frame
    assert client.stream.state is State.OFFERED


def test_other_mechanisms_and_encodings(client: Client) -> None:
    client.open()
    auth = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="{}">{}</auth>'
    (frame,) = client.say(auth.format("SCRAM-SHA-1", "eA=="))
    assert "<invalid-mechanism/>" in str(frame)
    (frame,) = client.say(auth.format("PLAIN", "not base64!"))
    assert "<incorrect-encoding/>" in str(frame)


def test_an_aborted_authentication(client: Client) -> None:
    client.open()
    (frame,) = client.say('<abort xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>')
    assert "<aborted/>" in str(frame)


def test_nothing_may_be_said_while_the_authority_thinks(client: Client) -> None:
    client.open()
    client.auth()
    error, close = client.auth(token="other")
    assert condition(error) == "policy-violation"
    assert close == answers.CLOSE
    assert client.stream.welcome(client.identity) == ()
    assert client.stream.identity is None


@pytest.mark.parametrize(
    "stanza",
    [
        '<iq xmlns="jabber:client" id="1" type="get"><ping xmlns="urn:xmpp:ping"/></iq>',
        '<message xmlns="jabber:client"/>',
        '<presence xmlns="jabber:client"/>',
        '<iq xmlns="jabber:client" id="1" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>',
    ],
)
def test_no_stanza_before_authentication(client: Client, stanza: str) -> None:
    client.open()
    error, close = client.say(stanza)
    assert condition(error) == "not-authorized"
    assert close == answers.CLOSE


@pytest.mark.parametrize(
    "stanza",
    [
        '<iq xmlns="jabber:client" id="1" type="get"><ping xmlns="urn:xmpp:ping"/></iq>',
        '<presence xmlns="jabber:client"/>',
    ],
)
def test_no_stanza_but_bind_before_a_resource_is_bound(client: Client, stanza: str) -> None:
    client.authenticate()
    error, _close = client.say(stanza)
    assert condition(error) == "not-authorized"


def test_an_error_before_the_open_frame_is_preceded_by_ours(client: Client) -> None:
    opened, error, close = client.say("<unknown/>")
    assert str(opened).startswith("<open ")
    assert condition(error) == "unsupported-stanza-type"
    assert close == answers.CLOSE


def test_a_second_open_ends_the_stream(live: Client) -> None:
    error, _close = live.open()
    assert condition(error) == "policy-violation"


def test_another_version_is_refused(client: Client) -> None:
    _opened, error, _close = client.say('<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="o" version="0.9"/>')
    assert condition(error) == "unsupported-version"


@pytest.mark.parametrize(("frame", "expected"), [("x", "not-well-formed"), ("<a><!--x--></a>", "restricted-xml")])
def test_what_is_no_element_ends_the_stream(live: Client, frame: str, expected: str) -> None:
    error, close = live.say(frame)
    assert condition(error) == expected
    assert close == answers.CLOSE


def test_frames_are_small_before_authentication_and_larger_after(client: Client) -> None:
    def frame(size: int) -> str:
        return f'<message xmlns="jabber:client"><body>{"x" * size}</body></message>'

    client.come_alive()
    assert condition(client.say(frame(256 * 1024))[0]) == "policy-violation"


def test_a_large_frame_before_authentication_is_refused(client: Client) -> None:
    client.open()
    error, _close = client.say("<auth>" + "x" * 10 * 1024 + "</auth>")
    assert condition(error) == "policy-violation"


def test_a_large_frame_of_a_live_session_is_read(live: Client) -> None:
    (effect,) = live.say(f'<message xmlns="jabber:client"><body>{"x" * 200_000}</body></message>')
    assert isinstance(effect, effects.Forward)


def test_the_client_closes(live: Client) -> None:
    polite, close = live.say('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>')
    assert polite == answers.CLOSE
    assert isinstance(close, effects.Close)
    assert live.stream.state is State.CLOSED
    assert not live.say('<presence xmlns="jabber:client"/>')


def test_the_client_reports_an_error(live: Client) -> None:
    outputs = live.say(
        '<stream:error xmlns:stream="http://etherx.jabber.org/streams">'
        '<connection-timeout xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>'
    )
    assert [type(output) for output in outputs] == [effects.Close]


def test_the_server_closes_and_waits_for_the_client(live: Client) -> None:
    assert live.stream.close(live.now) == (answers.CLOSE,)
    assert not live.stream.live
    assert not live.say('<presence xmlns="jabber:client"/>')
    assert live.say(answers.CLOSE) == (effects.Close(1000, ""),)


def test_the_server_closes_and_does_not_wait_long(live: Client) -> None:
    live.stream.close(live.now)
    assert live.stream.next_timer() <= live.now + 0.5
    assert live.wait(0.5) == (effects.Close(1000, ""),)


def test_a_dismissed_session_is_told_why_and_then_closed(live: Client) -> None:
    denial = Denial("not-authorized", "Connect is refused: you are inactive.", "decision-9")
    told, close = live.stream.dismiss(
        Notice("v2.system.no_longer_subscribed", "access_revoked", denial), "event-1", live.now
    )
    assert close == answers.CLOSE
    element = parse_frame(str(told), 10_000)
    assert element.get("to") == "agent1@org.localhost/ab12"
    node = element.children[0].children[0].get("node")
    assert node is not None
    assert "no_longer_subscribed" in node
    content = element.children[0].children[0].children[0].children[0].text
    assert "Connect is refused: you are inactive. (decision decision-9)" in content
    assert '"decisionId":"decision-9"' in content


def test_a_stream_that_never_lived_is_dismissed_without_words(client: Client) -> None:
    client.open()
    assert client.stream.dismiss(Notice("v2.system.duplicate_id", "x"), "e", client.now) == (answers.CLOSE,)


def test_success_has_one_way_only() -> None:
    def ways_to(target: State) -> set[State]:
        return {state for (state, _step), reached in TRANSITIONS.items() if reached is target}

    assert ways_to(State.AUTHENTICATED) == {State.AUTHENTICATING}
    assert ways_to(State.BINDING) == {State.AUTHENTICATED, State.BINDING}
    assert ways_to(State.LIVE) == {State.BINDING, State.LIVE}
