"""A timestamp authority (RFC 3161) that is asked by HTTP."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shiftline.discovery.anchors.timestamps import REQUEST_TYPE, RESPONSE_TYPE
from shiftline.foundation.errors import Unavailable

if TYPE_CHECKING:
    import httpx

PATIENCE = timedelta(seconds=20)
"""So long an authority may take for a whole answer, from the first attempt to connect."""
_LARGEST = 1024 * 1024
"""Bytes of an answer; one has about 6,000, with its certificates."""
_AGAIN = timedelta(seconds=10)
_SETTING = "SHIFTLINE_TIMESTAMP_AUTHORITY"


async def ask_authority(url: str, request: bytes, patience: timedelta = PATIENCE) -> bytes:
    """An authority's whole answer. Source: RFC 3161, section 3.4. Raises Unavailable when it gives none in time.

    A redirect is told and not followed: the setting names whom the organization trusts.
    """
    import httpx  # only who exports loads it

    headers = {"Content-Type": REQUEST_TYPE, "Accept": RESPONSE_TYPE}
    try:
        # httpx's own limits are for each read: a server that sends a byte now and then would never meet them.
        async with (
            asyncio.timeout(patience.total_seconds()),
            httpx.AsyncClient(timeout=None) as client,  # noqa: S113 - the line above has it
            client.stream("POST", url, content=request, headers=headers) as answer,
        ):
            _check_head(url, answer)
            return await _read(url, answer)
    except TimeoutError as error:
        raise _unavailable(url, f"gave no whole answer within {patience.total_seconds():g} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unavailable(url, f"does not answer ({error or type(error).__name__})") from error


def shown(url: str) -> str:
    """An authority's URL without a password that may be in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _check_head(url: str, answer: "httpx.Response") -> None:
    status = f"HTTP {answer.status_code}"
    if answer.is_redirect:
        raise _unavailable(
            url,
            f"redirects to {answer.headers.get('location', 'nowhere')} ({status}), which is not followed",
            f"set {_SETTING} to where the authority is, once you know that it is the one you trust",
        )
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not answer.is_success or kind != RESPONSE_TYPE:
        raise _unavailable(url, f"answered with {status} and {kind or 'no type'}, not with an {RESPONSE_TYPE}")


async def _read(url: str, answer: "httpx.Response") -> bytes:
    content = b""
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > _LARGEST:
            raise _unavailable(url, f"answers with more than {_LARGEST} bytes, which is no timestamp")
    return content


def _unavailable(
    url: str, what: str, then: str = f"see that the worker can reach it, or set {_SETTING} to another one"
) -> Unavailable:
    return Unavailable(f"The timestamp authority {shown(url)} {what}. The export waits and asks again: {then}.", _AGAIN)
