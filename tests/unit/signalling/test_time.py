"""What the passing of time does to a stream."""

from shiftline.signalling import effects
from shiftline.signalling.stanza import parse_frame
from shiftline.signalling.stream import State

from .conftest import Client

PONG = '<iq xmlns="jabber:client" type="result" id="ping-1"/>'
CLIENT_PING = '<iq xmlns="jabber:client" id="9" type="get"><ping xmlns="urn:xmpp:ping"/></iq>'


def is_ping(output: object) -> bool:
    return isinstance(output, str) and parse_frame(output, 1000).children[0].name == "urn:xmpp:ping ping"


def test_whoever_does_not_authenticate_in_15_seconds_is_closed(client: Client) -> None:
    client.open()
    assert client.stream.next_timer() == client.now + 15
    assert not client.wait(14.9)
    error, _close = client.wait(0.1)
    assert "connection-timeout" in str(error)
    assert client.stream.state is State.CLOSING
    assert client.wait(0.5) == (effects.Close(1000, ""),)


def test_chatting_does_not_prolong_the_setup(client: Client) -> None:
    client.now += 14
    client.authenticate()
    assert client.stream.next_timer() == 115.0
    assert "connection-timeout" in str(client.wait(1)[0])


def test_a_client_that_pings_is_left_alone(live: Client) -> None:
    for _ in range(30):
        live.now += 14
        assert len(live.say(CLIENT_PING)) == 1
        assert not live.stream.timer(live.now)


def test_a_silent_client_is_asked_first_and_closed_then(live: Client) -> None:
    assert not live.wait(29.9)
    (ping,) = live.wait(0.1)
    assert is_ping(ping)
    assert not live.wait(29.9)
    error, _close = live.wait(0.1)
    assert "connection-timeout" in str(error)


def test_an_answer_to_our_ping_keeps_a_hidden_tab_alive(live: Client) -> None:
    for _ in range(10):
        (ping,) = live.wait(30)
        assert is_ping(ping)
        assert not live.say(PONG)


def test_under_server_side_pings_something_comes_at_least_each_minute(live: Client) -> None:
    live.stream.server_pings = True
    pings = 0
    for _ in range(60):  # ten minutes of a client that talks, so that silence asks for nothing
        pings += sum(is_ping(output) for output in live.wait(10))
        live.say(CLIENT_PING)
    assert pings == 20


def test_the_timer_is_never_in_the_past_for_long(live: Client) -> None:
    for _ in range(50):
        live.now = max(live.now, live.stream.next_timer())
        if live.stream.state is State.CLOSED:
            break
        assert live.stream.timer(live.now)
    assert live.stream.state is State.CLOSED


def test_a_flood_is_closed(live: Client) -> None:
    answered = 0
    for _ in range(2000):
        outputs = live.say(CLIENT_PING)
        if not live.stream.live:
            assert "policy-violation" in str(outputs[0])
            break
        answered += 1
    assert 990 <= answered <= 1000  # what was said since the beginning counts


def test_a_steady_rate_within_bounds_is_not(live: Client) -> None:
    for _ in range(5000):
        live.now += 0.0101
        assert live.say(CLIENT_PING)
    assert live.stream.live
