"""The pages of the login host: rendered here, plain HTML that needs no script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from litestar import MediaType, Response

from shiftline.foundation.ids import new_secret

_FOLDER = Path(__file__).with_name("pages")
_PAGE = Template((_FOLDER / "page.html").read_text(encoding="utf-8"))
_SIGN_IN = Template((_FOLDER / "sign_in.html").read_text(encoding="utf-8"))
_NOTICE = Template((_FOLDER / "notice.html").read_text(encoding="utf-8"))
_STYLE = (_FOLDER / "page.css").read_text(encoding="utf-8").rstrip()


@dataclass(frozen=True, slots=True)
class Form:
    """What the sign-in form shows. ``hidden`` is the application's request, carried along unchanged."""

    application: str
    host: str
    hidden: Mapping[str, str]
    email: str = ""
    error: str | None = None
    choices: Sequence[tuple[str, str]] = ()


def sign_in_page(form: Form, redirect_uri: str, status: int, headers: Mapping[str, str] | None = None) -> Response[str]:
    """The form; ``redirect_uri`` is where a success leads, which the browser must be allowed to follow."""
    fields = (
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in form.hidden.items()
    )
    invalid = ' aria-invalid="true" aria-describedby="error"' if form.error else ""
    focus = " autofocus"
    content = _SIGN_IN.substitute(
        application=escape(form.application),
        host=escape(form.host),
        hidden="\n".join(f"        {field}" for field in fields),
        alert=f'      <p class="alert" role="alert" id="error">{escape(form.error)}</p>' if form.error else "",
        email=escape(form.email),
        email_state=invalid + ("" if form.email else focus),
        password_state=invalid + (focus if form.email else ""),
        organization=_choice(form.choices),
    )
    title = f"Error: {form.error}" if form.error else "Sign in"
    return _page(title, content, status, {**(headers or {}), "form-action": _source_of(redirect_uri)})


def notice_page(
    title: str, sentence: str, advice: str, status: int, headers: Mapping[str, str] | None = None
) -> Response[str]:
    """A page that says what is the matter and what to do."""
    content = _NOTICE.substitute(title=escape(title), sentence=escape(sentence), advice=escape(advice))
    return _page(title, content, status, headers or {})


def _choice(choices: Sequence[tuple[str, str]]) -> str:
    if not choices:
        return ""
    options = "".join(f'<option value="{escape(key)}">{escape(name)}</option>' for key, name in choices)
    return (
        '        <label for="organization">Organization</label>\n'
        f'        <select id="organization" name="organization" required>{options}</select>'
    )


def _page(title: str, content: str, status: int, headers: Mapping[str, str]) -> Response[str]:
    nonce = new_secret(16)
    others = {name: value for name, value in headers.items() if name != "form-action"}
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {headers.get('form-action', '')}".rstrip()
    )
    return Response(
        _PAGE.substitute(title=escape(title), nonce=nonce, style=_STYLE, content=content),
        status_code=status,
        media_type=MediaType.HTML,
        headers={
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            **others,
        },
    )


def _source_of(uri: str) -> str:
    """A redirect as a source of a content security policy: browsers check redirects of a form against it, too."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
