"""Writing our offers, answers and later fragments."""

from shiftline.calls.media.sdp.model import DIGITS, OPUS, LocalMedia, RemoteDescription, Section

AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
_OPPOSITE = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


def write_offer(local: LocalMedia) -> str:
    """An offer of one audio both ways; the peer chooses who begins the DTLS handshake."""
    return _join(
        [
            *_session(local, "0"),
            *_media(local, "0", ("sendrecv", "actpass"), OPUS, DIGITS),
            f"a=extmap:1 {AUDIO_LEVEL}",
            f"a=extmap:2 {MID}",
            *_addresses(local),
        ]
    )


def write_answer(remote: RemoteDescription, local: LocalMedia) -> str:
    """An answer that takes the first audio and rejects every other m-line.

    Whoever leaves it open, or insists on it, begins the handshake itself (RFC 9725 section 4.4: the endpoint is passive).
    """
    chosen = remote.sections[remote.chosen]
    lines = _session(local, chosen.mid if remote.bundle else None)
    for number, section in enumerate(remote.sections):
        if number != remote.chosen:
            lines += _rejected(section)
            continue
        setup = "active" if remote.setup == "passive" else "passive"
        lines += _media(
            local, chosen.mid, (_OPPOSITE[remote.direction], setup), remote.opus, remote.digits, chosen.protocol
        )
        lines += [f"a=extmap:{number} {name}" for number, name in remote.extensions if name in {AUDIO_LEVEL, MID}]
        lines += _addresses(local)
    return _join(lines)


def write_fragment(local: LocalMedia, mid: str | None) -> str:
    """New credentials and addresses after an ICE restart.

    Source: RFC 8840 section 9, RFC 9725 section 4.3.3.
    """
    return _join(
        [
            f"a=ice-ufrag:{local.credentials.username}",
            f"a=ice-pwd:{local.credentials.password}",
            "a=ice-options:trickle",
            f"m=audio {local.address[1]} RTP/AVP 0",
            *([] if mid is None else [f"a=mid:{mid}"]),
            *_addresses(local),
        ]
    )


def _join(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"


def _session(local: LocalMedia, bundled: str | None) -> list[str]:
    return [
        "v=0",
        f"o=- {local.session} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        *([] if bundled is None else [f"a=group:BUNDLE {bundled}"]),
        "a=msid-semantic: WMS shiftline",
        "a=ice-options:trickle",
    ]


def _media(  # noqa: PLR0917 - the parts of an m-line in their order
    local: LocalMedia,
    mid: str | None,
    stance: tuple[str, str],
    opus: int,
    digits: tuple[tuple[int, int], ...],
    protocol: str = "UDP/TLS/RTP/SAVPF",
) -> list[str]:
    direction, setup = stance
    host, port = local.address
    family = "IP6" if ":" in host else "IP4"
    algorithm, digest = local.fingerprint
    lines = [
        f"m=audio {port} {protocol} {' '.join(str(each) for each in (opus, *(number for number, _ in digits)))}",
        f"c=IN {family} {host}",
        *([] if mid is None else [f"a=mid:{mid}"]),
        f"a={direction}",
        f"a=ice-ufrag:{local.credentials.username}",
        f"a=ice-pwd:{local.credentials.password}",
        f"a=fingerprint:{algorithm} {digest}",
        f"a=setup:{setup}",
        "a=rtcp-mux",
        f"a=rtpmap:{opus} opus/48000/2",
        f"a=fmtp:{opus} minptime=10;useinbandfec=1",
        "a=ptime:20",
    ]
    for number, rate in digits:
        lines += [f"a=rtpmap:{number} telephone-event/{rate}", f"a=fmtp:{number} 0-15"]
    if direction.startswith("send"):
        lines += ["a=msid:shiftline audio", f"a=ssrc:{local.ssrc} cname:{local.cname}"]
    return lines


def _rejected(section: Section) -> list[str]:
    name = [] if section.mid is None else [f"a=mid:{section.mid}"]
    return [f"m={section.kind} 0 {section.protocol} {section.formats}", "c=IN IP4 0.0.0.0", *name, "a=inactive"]


def _addresses(local: LocalMedia) -> list[str]:
    return [*(f"a=candidate:{each}" for each in local.candidates), "a=end-of-candidates"]
