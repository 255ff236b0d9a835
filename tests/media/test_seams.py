"""What we rely on in aiortc and aioice below their documented surface: when a new version changes it, this says so before a call does."""

# pyright: reportPrivateUsage=false

import inspect
import re

import pytest
from aioice import Connection, stun
from aioice.ice import CandidatePair, StunProtocol, relayed_candidate, server_reflexive_candidate
from aiortc import RTCCertificate
from aiortc.rtcdtlstransport import RTCDtlsParameters, RTCDtlsTransport

from shiftline.calls.media.dtls import DtlsTransport
from shiftline.calls.media.ice import IceConnection, Port


def source(thing: object) -> str:
    return inspect.getsource(thing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ours", "theirs", "names"),
    [
        (
            IceConnection,
            Connection,
            ("get_component_candidates", "request_received", "check_incoming", "check_complete", "query_consent"),
        ),
        (Port, StunProtocol, ("datagram_received", "error_received")),
        (DtlsTransport, RTCDtlsTransport, ("_validate_peer_identity",)),
    ],
)
def test_what_we_override_is_there_and_takes_the_same(ours: type, theirs: type, names: tuple[str, ...]) -> None:
    for name in names:
        before, after = inspect.signature(getattr(theirs, name)), inspect.signature(getattr(ours, name))
        assert list(before.parameters) == list(after.parameters), name


async def test_what_we_read_of_a_connection_is_there() -> None:
    connection = Connection(ice_controlling=True)
    for name in (
        "_nominated",
        "_protocols",
        "_remote_candidates",
        "_check_list",
        "_valid_username",
        "_local_candidates",
    ):
        assert hasattr(connection, name), name
    assert isinstance(connection._nominated, dict)
    assert "self.get_component_candidates(" in source(Connection.gather_candidates)
    assert "self.query_consent()" in source(Connection.connect)
    # Checks go on while the peer's candidates are not at an end, which we never say.
    assert "_remote_candidates_expected" in source(Connection._check_periodic)
    assert "receiver.request_received(message, addr, self)" in source(StunProtocol.datagram_received)


def test_pairs_and_gathering_are_as_we_use_them() -> None:
    assert {"FROZEN", "WAITING", "IN_PROGRESS", "SUCCEEDED", "FAILED"} <= {state.name for state in CandidatePair.State}
    assert list(inspect.signature(server_reflexive_candidate).parameters) == ["protocol", "stun_server"]
    assert {"protocol_factory", "turn_server", "hide_related_address"} <= set(
        inspect.signature(relayed_candidate).parameters
    )
    assert {"MESSAGE-INTEGRITY", "PRIORITY", "USE-CANDIDATE"} <= stun.ATTRIBUTES_BY_NAME.keys()


def test_the_handshake_asks_its_link_for_what_our_link_has() -> None:
    asked = set(re.findall(r"self\.transport\.(\w+)", source(RTCDtlsTransport)))
    assert asked == {"_recv", "_send", "role"}
    assert "self._rx_srtp = Session(" in source(RTCDtlsTransport._setup_srtp)
    assert "self._tx_srtp = Session(" in source(RTCDtlsTransport._setup_srtp)
    assert "self._validate_peer_identity(remoteParameters)" in source(RTCDtlsTransport.start)
    assert 'self.emit("statechange")' in source(RTCDtlsTransport._set_state)
    assert next(iter(inspect.signature(RTCDtlsParameters).parameters)) == "fingerprints"


def test_a_certificate_has_the_fingerprint_that_we_tell() -> None:
    assert "sha-256" in {each.algorithm for each in RTCCertificate.generateCertificate().getFingerprints()}
