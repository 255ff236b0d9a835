"""What a bucket's server refuses, in a sentence that says what to do. obstore tells it in pages, with its own insides."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

_CREDENTIALS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for a key that lasts for a time)"
_PLACE = "AWS_ENDPOINT_URL and AWS_REGION"
_METADATA = ("169.254.169.254", "169.254.170.2")
"""Where Amazon's own machines get credentials; asked when the environment has none."""

_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")

_UNKNOWN_KEY = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "InvalidSecurity"}
_ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}


def tell_refusal(url: str, what: str, error: Exception) -> str:
    """A sentence for what obstore raised; ``what`` is the path that was to be read; empty: all were to be listed."""
    text = str(error)
    subject = f"{what} in {url} cannot be read" if what else f"{url} cannot be listed"
    cases = _CASES if url.startswith("s3://") else ()
    found = next((tell(url) for holds, tell in cases if holds(text)), None) or _first_line(text)
    code = " ".join(each for each in (_code_of(text), _status_of(text)) if each)
    return f"{subject}: {found} ({code})." if code else f"{subject}: {found}."


def tell_unopened(url: str, error: Exception) -> str:
    """A sentence for a URL that names no place."""
    parts = urlsplit(url)
    if "Unable to recognise URL" in str(error) or not parts.netloc:
        return f"{url} names no place of a package: give a folder, a ZIP, or s3://BUCKET/PREFIX."
    return f"{url} cannot be opened: {_first_line(str(error))}."


def _first_line(text: str) -> str:
    return text.partition("\n")[0].partition(": <?xml")[0].strip().rstrip(".")


def _code_of(text: str) -> str:
    found = _CODE.search(text)
    return "" if found is None else found[1]


def _status_of(text: str) -> str:
    found = _STATUS.search(text)
    return "" if found is None else found[1]


def _without_credentials(text: str) -> bool:
    return any(each in text.partition("\n")[0] for each in _METADATA)


def _without_bucket(text: str) -> bool:
    return _code_of(text) == "NoSuchBucket"


def _with_wrong_key(text: str) -> bool:
    return _code_of(text) in _UNKNOWN_KEY


def _forbidden(text: str) -> bool:
    return _code_of(text) == "AccessDenied" or _status_of(text) in {"401", "403"}


def _elsewhere(text: str) -> bool:
    return _code_of(text) in _ELSEWHERE or _status_of(text) == "301"


def _skewed(text: str) -> bool:
    return _code_of(text) == "RequestTimeTooSkewed"


def _in_the_clear(text: str) -> bool:
    return "BadScheme" in text


def _unreached(text: str) -> bool:
    return "kind: Connect" in text or "kind: Timeout" in text or "error sending request" in text


_CASES: Sequence[tuple[Callable[[str], bool], Callable[[str], str]]] = (
    (_without_credentials, lambda _: f"the environment has no credentials, set {_CREDENTIALS}"),
    (_without_bucket, lambda url: f"there is no bucket {urlsplit(url).netloc} there, look at its name, {_PLACE}"),
    (_with_wrong_key, lambda _: f"the server does not know these credentials, look at {_CREDENTIALS}"),
    (_skewed, lambda _: "this machine's clock and the server's differ too much, set the clock"),
    (_elsewhere, lambda _: f"the bucket is in another region or at another server, look at {_PLACE}"),
    (_forbidden, lambda _: "these credentials may not, they need to list the bucket and to read its objects"),
    (
        _in_the_clear,
        lambda _: (
            "AWS_ENDPOINT_URL begins with http://, set AWS_ALLOW_HTTP=true if nobody on the way can listen, or use https://"
        ),
    ),
    (_unreached, lambda _: f"the server does not answer, look at {_PLACE} and at the network"),
)
