"""Programs for the tests of the supervisor, run as `python supervised.py ROLE`: small, real, and with nothing to import.

`serve ARGUMENTS` calls the real `serve` with the others in place of Shiftline's own programs. `api` and `signalling` answer
each HTTP request with what they saw; `signalling` also switches protocols and echoes. `prepare` makes a table.
"""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Upgrade"):
            self._upgrade()
            return
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        names = ("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host")
        seen: dict[str, Any] = {name: self.headers.get(name) for name in names}
        body = json.dumps({"role": ROLE, "path": self.path, "pid": os.getpid(), **seen}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  the name that http.server calls

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _upgrade(self) -> None:
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "websocket")
        self.end_headers()
        while part := self.connection.recv(1024):
            self.connection.sendall(part)
        self.close_connection = True


def note(word: str) -> None:
    """Add a word to the list of what happened, which `order` in the objects' folder keeps."""
    objects = Path(unquote(urlsplit(os.environ["SHIFTLINE_OBJECTS_URL"]).path))
    with (objects / "order").open("a") as order:
        order.write(f"{ROLE} {word}\n")


def answer() -> None:
    begin()
    host, _, port = os.environ["SHIFTLINE_LISTEN"].rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Echo)
    ending = threading.Thread(target=server.shutdown)
    signal.signal(signal.SIGTERM, lambda _number, _frame: ending.start())
    os.write(int(os.environ["SHIFTLINE_READY_FD"]), b"ready\n")
    server.serve_forever()


def begin() -> None:
    from shiftline.apps.supervisor.child import wait_at_gate

    note("loaded")
    wait_at_gate()
    note("goes on")


def work() -> None:
    begin()
    assert os.environ["PYTHONTZPATH"] == ""
    os.write(int(os.environ["SHIFTLINE_READY_FD"]), b"ready\n")
    while True:
        signal.pause()


def prepare() -> None:
    import psycopg

    begin()
    with psycopg.connect(os.environ["SHIFTLINE_DATABASE_URL"]) as connection:
        connection.execute("create table if not exists kept (value int)")
    prepared = {"organizationId": "of-the-test", "demo": "--demo" in sys.argv}
    note("is done")
    os.write(int(os.environ["SHIFTLINE_READY_FD"]), json.dumps({"prepared": prepared}).encode())


def serve(data: str, port: str) -> None:
    from shiftline.apps.serve import Programs, Serving
    from shiftline.apps.serve import serve as run

    own = (sys.executable, str(Path(__file__).resolve()))
    programs = Programs(
        prepare=(*own, "prepare"),
        api=(*own, "api"),
        signalling=(*own, "signalling"),
        worker=(*own, "worker"),
        router=(*own, "router"),
        media=(*own, "media"),
    )
    environment = f"localhost:{port}"
    serving = Serving(
        data=Path(data), environment=environment, port=int(port), json=True, programs=programs, media_processes=1
    )
    sys.exit(run(serving))


ROLE = sys.argv[1] if len(sys.argv) > 1 else ""
if __name__ == "__main__":
    if ROLE == "serve":
        serve(*sys.argv[2:])
    elif ROLE == "prepare":
        prepare()
    elif ROLE in {"worker", "router", "media"}:
        work()
    else:
        answer()
