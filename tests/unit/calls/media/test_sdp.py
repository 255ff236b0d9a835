"""Session descriptions: what is taken, what is written, and what is refused in which words."""

import pytest

from shiftline.calls.media.candidates import CandidateIgnored, own_addresses, read_candidate
from shiftline.calls.media.model import SdpRefused
from shiftline.calls.media.sdp.model import IceCredentials, LocalMedia
from shiftline.calls.media.sdp.reading import read_answer, read_fragment, read_offer
from shiftline.calls.media.sdp.writing import write_answer, write_fragment, write_offer

DIGEST = ":".join(["AB"] * 32)
OFFER = f"""v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 50123 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 192.0.2.1
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 192.0.2.1 50123 typ host generation 0 network-cost 999
a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=ice-options:trickle
a=fingerprint:sha-256 {DIGEST}
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:1
a=rtpmap:96 VP8/90000
""".replace("\n", "\r\n")
LOCAL = LocalMedia(
    session=5,
    credentials=IceCredentials("wxyz", "p" * 22),
    fingerprint=("sha-256", DIGEST),
    ssrc=77,
    cname="name",
    candidates=("1 1 udp 1 192.0.2.9 4000 typ host",),
    address=("192.0.2.9", 4000),
)


def test_an_offer_is_read() -> None:
    found = read_offer(OFFER)
    assert [section.kind for section in found.sections] == ["audio", "video"]
    assert found.chosen == 0
    assert found.credentials == IceCredentials("abcd", "0123456789012345678901")
    assert found.fingerprints == (("sha-256", DIGEST),)
    assert (found.setup, found.direction, found.opus) == ("actpass", "sendonly", 111)
    assert found.digits == ((110, 48_000), (126, 8_000))
    assert len(found.candidates) == 2
    assert found.bundle


def test_what_the_session_says_counts_for_its_media() -> None:
    lines = OFFER.split("\r\n")
    moved = [line for line in lines if line.startswith(("a=ice-", "a=fingerprint", "a=setup", "a=sendonly"))]
    rest = [line for line in lines if line not in moved]
    at = next(number for number, line in enumerate(rest) if line.startswith("m="))
    assert read_offer("\r\n".join(rest[:at] + moved + rest[at:])) == read_offer(OFFER)
    assert read_offer(OFFER.replace("\r\n", "\n")) == read_offer(OFFER)


def test_an_answer_takes_the_audio_rejects_the_rest_and_turns_the_direction() -> None:
    answer = write_answer(read_offer(OFFER), LOCAL)
    assert "a=group:BUNDLE 0\r\n" in answer
    audio, video = answer.split("m=")[1:]
    assert audio.startswith("audio 4000 UDP/TLS/RTP/SAVPF 111 110 126\r\n")
    for line in (
        "c=IN IP4 192.0.2.9",
        "a=mid:0",
        "a=recvonly",
        "a=setup:passive",
        "a=rtcp-mux",
        "a=ice-ufrag:wxyz",
        "a=end-of-candidates",
    ):
        assert f"{line}\r\n" in audio
    assert "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level" in audio
    assert "abs-send-time" not in audio
    assert "a=ssrc" not in audio  # we send nothing to who only speaks
    assert "a=candidate:1 1 udp 1 192.0.2.9 4000 typ host" in audio
    assert video == "video 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=inactive\r\n"


def test_an_offer_of_ours_is_read_by_us() -> None:
    found = read_offer(write_offer(LOCAL))
    assert found.credentials == LOCAL.credentials
    assert (found.setup, found.direction, found.opus, found.digits) == (
        "actpass",
        "sendrecv",
        111,
        ((110, 48_000), (126, 8_000)),
    )
    again = read_answer(write_answer(found, LOCAL))
    assert (again.setup, again.direction) == ("passive", "sendrecv")


def test_a_fragment_is_written_and_read() -> None:
    found = read_fragment(write_fragment(LOCAL, "0"))
    assert found.credentials == LOCAL.credentials
    assert (found.mid, found.candidates, found.end) == ("0", LOCAL.candidates, True)
    trickled = read_fragment("m=0 9 RTP/AVP 0\r\na=candidate:1 1 udp 1 192.0.2.1 5 typ host\r\n")
    assert trickled.candidates == ("1 1 udp 1 192.0.2.1 5 typ host",)
    assert trickled.credentials is None
    assert read_fragment("a=end-of-candidates").end
    assert read_fragment("candidate:1 1 udp 1 192.0.2.1 5 typ host").candidates
    assert read_fragment("").candidates == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("v=0", "v=1", "begin with v=0"),
        ("s=-", "nonsense", "Line 3"),
        ("m=audio 50123 UDP", "m=audio many UDP", "m-line in line 8"),
        ("m=audio", "m=video", "no audio"),
        ("m=audio 50123", "m=audio 0", "port"),
        ("UDP/TLS/RTP/SAVPF 111", "RTP/AVP 111", "not encrypted"),
        ("a=rtcp-mux\r\n", "", "rtcp-mux"),
        ("a=ice-ufrag:abcd\r\n", "", "ice-ufrag"),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:a", "4 to 256"),
        ("0123456789012345678901", "short", "22 to 256"),
        (f"a=fingerprint:sha-256 {DIGEST}\r\n", "", "no a=fingerprint"),
        (DIGEST, DIGEST[:-3], "32 pairs"),
        (DIGEST, DIGEST.replace("AB", "XY"), "32 pairs"),
        ("sha-256", "sha-1", "sha-256, sha-384 or sha-512"),
        ("a=setup:actpass", "a=setup:holdconn", "setup"),
        ("opus/48000/2", "speex/16000", "no Opus"),
        ("a=mid:0", "a=mid:a b", "not a token"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, words: str) -> None:
    assert old in OFFER
    with pytest.raises(SdpRefused, match=words):
        read_offer(OFFER.replace(old, new))


def test_what_is_huge_is_refused() -> None:
    with pytest.raises(SdpRefused, match="64 KiB"):
        read_offer(OFFER + "a=x\r\n" * 20_000)
    with pytest.raises(SdpRefused, match="64 KiB"):
        read_offer("v=0\r\n" + "ä" * 40_000)
    with pytest.raises(SdpRefused, match="64 KiB"):
        read_fragment("a=candidate:" + "x" * 70_000)
    with pytest.raises(SdpRefused, match="32 m-lines"):
        read_offer(OFFER + "m=video 9 RTP/SAVPF 96\r\n" * 40)
    with pytest.raises(SdpRefused, match="begin"):
        read_offer("")


def test_an_answer_must_choose_who_begins() -> None:
    with pytest.raises(SdpRefused, match="active or passive"):
        read_answer(OFFER)


def test_a_bundled_port_of_zero_is_meant() -> None:
    assert (
        read_offer(OFFER.replace("m=audio 50123", "m=audio 0").replace("a=mid:0", "a=mid:0\r\na=bundle-only")).chosen
        == 0
    )


def test_no_more_candidates_are_taken_than_a_browser_has() -> None:
    many = "".join(f"a=candidate:{number} 1 udp 1 192.0.2.1 {number + 1} typ host\r\n" for number in range(200))
    assert len(read_offer(OFFER.replace("a=mid:0\r\n", "a=mid:0\r\n" + many)).candidates) == 32
    assert len(read_fragment(many).candidates) == 32


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("1 1 udp 1 5f6a2c1e-93a1-4a53-8e7a-2b8a2c6f4c11.local 5 typ host", "candidate.name"),
        ("1 1 udp 1 example.com 5 typ host", "candidate.name"),
        ("1 1 tcp 1 192.0.2.1 9 typ host tcptype active", "candidate.transport"),
        ("1 2 udp 1 192.0.2.1 9 typ host", "candidate.transport"),
        ("1 1 udp 1 192.0.2.1 0 typ host", "candidate.malformed"),
        ("1 1 udp 1 192.0.2.1 70000 typ host", "candidate.malformed"),
        ("1 1 udp x 192.0.2.1 7 typ host", "candidate.malformed"),
        ("1 1 udp 1 192.0.2.1 7 typ other", "candidate.malformed"),
        ("1 1 udp 1 192.0.2.1 7 type host", "candidate.malformed"),
        ("1 1 udp 1 nowhere 7 typ host", "candidate.malformed"),
        ("", "candidate.malformed"),
        ("1 1 udp 1 0.0.0.0 7 typ host", "candidate.address"),
        ("1 1 udp 1 224.0.0.251 5353 typ host", "candidate.address"),
        ("1 1 udp 1 255.255.255.255 7 typ host", "candidate.address"),
        ("1 1 udp 1 fe80::1%eth0 7 typ host", "candidate.address"),
    ],
)
def test_a_candidate_that_nothing_can_be_sent_to_is_ignored_by_kind(line: str, kind: str) -> None:
    with pytest.raises(CandidateIgnored, match=kind):
        read_candidate(line)


def test_a_candidate_is_read() -> None:
    found = read_candidate(
        "a=candidate:842163049 1 UDP 1677729535 203.0.113.5 50123 typ srflx raddr 10.0.0.1 rport 50123 generation 0"
    )
    assert (found.host, found.port, found.type, found.priority) == ("203.0.113.5", 50_123, "srflx", 1_677_729_535)
    assert read_candidate("1 1 udp 1 2001:db8::1 7 typ prflx").type == "srflx"


def test_loopback_is_among_our_own_addresses() -> None:
    assert own_addresses()[-1] == "127.0.0.1"
