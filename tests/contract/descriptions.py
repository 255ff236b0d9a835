"""Session descriptions for requests whose body is no JSON: good ones, and whatever else may come."""

from hypothesis import strategies as st

SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"

_LINES = (
    "v=0",
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP4 0.0.0.0",
    "a=candidate:1 1 udp 2113937151 192.0.2.1 50123 typ host",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:0123456789012345678901",
    f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}",
    "a=setup:actpass",
    "a=mid:0",
    "a=sendrecv",
    "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2",
)
OFFER = "\r\n".join((*_LINES, ""))
"""What a browser offers; nobody is at its address."""
TRICKLED = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2113937151 192.0.2.1 50123 typ host\r\n"
RESTART = f"a=ice-ufrag:wxyz\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n{TRICKLED}"

_shuffled = st.lists(st.sampled_from([*_LINES, "a=\0", "m=video 9 RTP/AVP 0", "a=mid:", "", "\x80"]), max_size=20)


def _texts(*good: str) -> st.SearchStrategy[bytes]:
    lines = _shuffled.map("\r\n".join)
    return st.one_of(st.sampled_from(good), lines, st.text(max_size=200)).map(
        lambda each: each.encode(errors="surrogatepass")
    )


offers = _texts(OFFER)
fragments = _texts(TRICKLED, RESTART)
