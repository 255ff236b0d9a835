"""The whole product as its users start it, and a page of Chromium with the vendor's unmodified softphone SDK."""

import asyncio
import json
import os
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page

ROOT = Path(__file__).parents[2]
SDK = ROOT / "web/node_modules/genesys-cloud-webrtc-sdk/dist/genesys-cloud-webrtc-sdk.bundle.min.js"
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
MISSION_CLOCK = "2023-10-27T05:45:00-05:00"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Demo:
    """A running ``shiftline demo``."""

    folder: Path
    port: int
    clock: str | None
    process: asyncio.subprocess.Process | None = None
    ready: dict[str, Any] = field(default_factory=dict)
    began: float = 0

    @property
    def now(self) -> datetime:
        """The present by the demo's clock."""
        passed = timedelta(seconds=time.time() - self.began)
        return datetime.now(UTC) if self.clock is None else datetime.fromisoformat(self.clock).astimezone(UTC) + passed

    async def start(self) -> None:
        arguments = ["demo", "--data", str(self.folder), "--port", str(self.port), "--json"]
        if self.clock is not None:
            arguments += ["--clock", self.clock]
        self.began = time.time()
        errors = (self.folder.parent / "stderr.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "shiftline.apps.cli", *arguments, stdout=asyncio.subprocess.PIPE, stderr=errors
        )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 90)
        assert line, (self.folder.parent / "stderr.log").read_text()
        self.ready = json.loads(line)

    async def stop(self) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 15)

    def client(self, token: str | None = None, **options: Any) -> httpx.AsyncClient:
        """A client of the bare host, which every resolver knows."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        trust = ssl.create_default_context(cafile=self.ready["caCertificate"])
        return httpx.AsyncClient(
            base_url=f"https://localhost:{self.port}", headers=headers, verify=trust, timeout=30, **options
        )

    def admin(self) -> httpx.AsyncClient:
        return self.client(self.ready["admin"]["accessToken"])

    def agent(self, number: int = 0) -> dict[str, Any]:
        return self.ready["agents"][number]

    def pids(self, name: str) -> list[int]:
        """The process ids of a child by a word of its command line."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                except OSError:
                    continue
                if self.process is not None and parent == self.process.pid and any(name in word for word in command):
                    found.append(int(entry.name))
        return found

    def kill(self, name: str) -> None:
        for pid in self.pids(name):
            os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def running_demo(clock: str | None) -> AsyncGenerator[Demo]:
    base = Path(tempfile.mkdtemp(prefix="shiftline-e2e-"))
    base.chmod(0o755)
    demo = Demo(base / "data", free_port(), clock)
    try:
        await demo.start()
        yield demo
    finally:
        if demo.process is not None and demo.process.returncode is None:
            await demo.stop()
        shutil.rmtree(base, ignore_errors=True)


PAGE = """<!doctype html><meta charset="utf-8"><title>softphone</title><link rel="icon" href="data:,"><script src="/sdk.js"></script><script>
window.seen = [];
window.begin = async (options, topics) => {
  const Sdk = GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk || GenesysCloudWebrtcSdk.default;
  const sdk = window.sdk = new Sdk({...options, logLevel: 'debug'});
  for (const name of ['ready', 'connected', 'disconnected', 'sdkError', 'station', 'terminated'])
    sdk.on(name, (...args) => window.seen.push([name, Date.now(), String(args[0] && args[0].message || '')]));
  try { await sdk.initialize(); window.outcome = 'ready'; }
  catch (error) { window.outcome = 'refused: ' + (error && error.message); window.failure = error; }
  const notifications = sdk._streamingConnection && sdk._streamingConnection.notifications;
  window.events = [];
  if (window.outcome === 'ready')
    for (const topic of topics || [])
      await notifications.subscribe(topic, event => window.events.push([topic, Date.now(), event]));
  return window.outcome;
};
window.openSockets = 0;
</script>"""


@dataclass
class Softphone:
    """The vendor's SDK in a page of Chromium."""

    page: Page
    demo: Demo

    async def begin(self, token: str, topics: list[str] | None = None, **options: Any) -> str:
        """Start the SDK; ``ready`` or the text of the refusal."""
        whole = {"accessToken": token, "environment": f"localhost:{self.demo.port}", **options}
        return await self.page.evaluate("([options, topics]) => window.begin(options, topics)", [whole, topics or []])

    async def seen(self) -> list[str]:
        """The names of the SDK's events so far."""
        return [each[0] for each in await self.page.evaluate("window.seen")]

    async def events(self) -> list[list[Any]]:
        """The notifications so far: topic, time, event."""
        return await self.page.evaluate("window.events")

    async def until(self, expression: str, timeout: float = 20) -> Any:
        """Wait until an expression is true in the page."""
        handle = await self.page.wait_for_function(expression, timeout=timeout * 1000)
        return await handle.json_value()


@contextmanager
def serving_page(bundle: Path) -> Generator[str]:
    """A web server on loopback with the page and the vendor's bundle; its origin."""
    files = {"/": ("text/html", PAGE.encode()), "/sdk.js": ("text/javascript", bundle.read_bytes())}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content_type, body = files.get(self.path, ("text/plain", b""))
            self.send_response(200 if body else 404)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@asynccontextmanager
async def softphone_page(browser: Browser, demo: Demo, origin: str) -> AsyncGenerator[Softphone]:
    """A fresh browser profile with the page."""
    context = await browser.new_context(ignore_https_errors=True)
    page = await context.new_page()
    await page.goto(f"{origin}/")
    try:
        yield Softphone(page, demo)
    finally:
        await context.close()
