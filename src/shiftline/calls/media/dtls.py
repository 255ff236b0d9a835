"""DTLS-SRTP on aiortc's `RTCDtlsTransport`: its handshake and keys. Media bypasses its loop: we call its SRTP sessions directly.

Source: RFC 5763, RFC 5764.
"""

import asyncio
from typing import cast

from aiortc import RTCCertificate, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from shiftline.calls.media.ice import IceConnection

MAX_WAITING = 64
"""Handshake packets that wait to be read; a whole handshake has about ten."""


class Link:
    """What `RTCDtlsTransport` needs of an ICE transport: to send, and to receive handshake packets only."""

    def __init__(self, ice: IceConnection) -> None:
        self.ice = ice
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(MAX_WAITING)

    def put(self, data: bytes | None) -> bool:
        """Take a packet, or None as the end; False when there is no room."""
        try:
            self._waiting.put_nowait(data)
        except asyncio.QueueFull:
            return False
        return True

    @property
    def role(self) -> str:
        """The ICE role."""
        return "controlling" if self.ice.ice_controlling else "controlled"

    async def _recv(self) -> bytes:
        data = await self._waiting.get()
        if data is None:
            raise ConnectionError("the leg was closed")
        return data

    async def _send(self, data: bytes) -> None:
        route = self.ice.route()
        if route is None:
            raise ConnectionError("no pair of addresses is in use")
        route[0](data, route[1])


class DtlsTransport(RTCDtlsTransport):
    """The handshake of one leg, and its keys."""

    def __init__(self, link: Link, certificate: RTCCertificate) -> None:
        super().__init__(cast("RTCIceTransport", link), [certificate])
        self.is_other_certificate = False

    async def handshake(self, fingerprints: tuple[tuple[str, str], ...], *, server: bool) -> bool:
        """Agree on keys with the peer whose certificate has these fingerprints; whether it worked."""
        self._set_role("server" if server else "client")
        await self.start(RTCDtlsParameters([RTCDtlsFingerprint(*each) for each in fingerprints]))
        return self.state == "connected"

    def _validate_peer_identity(self, remoteParameters: RTCDtlsParameters) -> None:  # noqa: N803 - aiortc's name
        super()._validate_peer_identity(remoteParameters)
        self.is_other_certificate = self.state == "failed"

    def unprotect(self, data: bytes) -> bytes:
        """RTP out of SRTP. Raises pylibsrtp.Error."""
        return self._rx_srtp.unprotect(data)

    def unprotect_rtcp(self, data: bytes) -> bytes:
        """RTCP out of SRTCP. Raises pylibsrtp.Error."""
        return self._rx_srtp.unprotect_rtcp(data)

    def protect(self, data: bytes) -> bytes:
        """SRTP of RTP. Raises pylibsrtp.Error."""
        return self._tx_srtp.protect(data)

    def protect_rtcp(self, data: bytes) -> bytes:
        """SRTCP of RTCP. Raises pylibsrtp.Error."""
        return self._tx_srtp.protect_rtcp(data)
