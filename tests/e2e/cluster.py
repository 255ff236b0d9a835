"""A cluster as `scripts/cluster` starts it, agents with sessions on it that come back by themselves, and somebody who changes things."""

import asyncio
import base64
import json
import shutil
import signal
import ssl
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from picows import WSError, ws_connect

from e2e.plain_client import BIND, FRAMING, SASL, PlainSoftphone
from e2e.stage import free_port
from shiftline.apps.cluster import control
from shiftline.apps.running import find_settings
from shiftline.foundation.ids import new_id

COMMAND = (sys.executable, "-P", "-m", "shiftline.apps.cluster")


@dataclass
class Cluster:
    """A running cluster with the sample contact centre."""

    folder: Path
    port: int
    ready: dict[str, Any] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with (self.folder.parent / "stderr.log").open("ab") as errors:
            self.process = await asyncio.create_subprocess_exec(
                *COMMAND, "--data", str(self.folder), "--port", str(self.port), "--demo", "--json",
                stdout=asyncio.subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 180)
        assert line, (self.folder.parent / "stderr.log").read_text()
        self.ready = json.loads(line)

    async def stop(self) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 30)

    async def tell(self, *words: str) -> Any:
        """A command of `scripts/cluster`, without the second that the command line takes to load."""
        return await asyncio.to_thread(control.ask, self.folder, *words)

    def client(self, token: str, node: str | None = None) -> httpx.AsyncClient:
        """A client of one node's API, or of whichever the edge chooses."""
        headers = {"authorization": f"Bearer {token}"}
        if node is not None:
            place = f"http://{self.ready['nodes'][node]['api']}"
            return httpx.AsyncClient(base_url=place, headers=headers, timeout=30)
        trust = ssl.create_default_context(cafile=self.ready["caCertificate"])
        return httpx.AsyncClient(base_url=f"https://localhost:{self.port}", headers=headers, verify=trust, timeout=30)

    def admin(self, node: str | None = None) -> httpx.AsyncClient:
        return self.client(self.ready["admin"]["accessToken"], node)

    def agent(self, number: int) -> dict[str, Any]:
        return self.ready["agents"][number]

    async def session(self, agent: dict[str, Any], node: str | None = None) -> "Session":
        """An agent's live session, on one node or on whichever the edge chooses. Raises NotYet."""
        async with self.client(agent["accessToken"], node) as client:
            answer = await _asked(client, "POST", "/api/v2/notifications/channels")
            channel = answer.json()["id"]
            topics = [{"id": f"v2.users.{agent['userId']}.presence"}]
            await _asked(client, "PUT", f"/api/v2/notifications/channels/{channel}/subscriptions", json=topics)
        place = f"ws://{self.ready['nodes'][node]['signalling']}" if node else f"wss://localhost:{self.port}"
        trust = None if node else ssl.create_default_context(cafile=self.ready["caCertificate"])
        try:
            async with asyncio.timeout(20):
                _, phone = await ws_connect(
                    Session,
                    f"{place}/stream/channels/{channel}",
                    ssl_context=trust,
                    extra_headers=[("Sec-WebSocket-Protocol", "xmpp")],
                )
                assert isinstance(phone, Session)
                await _sign_in(phone, agent)
        except (WSError, OSError, TimeoutError) as error:
            raise NotYet(repr(error)) from error
        return phone

    async def query(self, statement: Any, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the truth itself."""
        url = find_settings(self.folder, {}).database_url
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            return await (await connection.execute(statement, parameters)).fetchall()


class NotYet(Exception):  # noqa: N818 - it is no error of anybody's
    """A node or an engine is away: to be tried again."""


class Session(PlainSoftphone):
    """A session that knows at once when it is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()
        self.signed_in = False

    def on_ws_disconnected(self, transport: Any) -> None:
        super().on_ws_disconnected(transport)
        self.over.set()

    async def answer(self, word: str) -> str:
        """A frame with a word in it, unless the session ends before. Raises NotYet."""
        hearing, ending = asyncio.create_task(self.until(word)), asyncio.create_task(self.over.wait())
        await asyncio.wait({hearing, ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not hearing.done():
            hearing.cancel()
            raise NotYet(self.closed or "over")
        return hearing.result()

    async def told(self, mark: str, seconds: float = 30) -> None:
        """Wait until a presence came whose message is a mark."""
        async with asyncio.timeout(seconds):
            while not any(mark in json.dumps(body) for _, body in self.events):
                await asyncio.sleep(0.02)


async def _asked(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
    try:
        answer = await client.request(method, path, **more)
    except httpx.TransportError as error:
        raise NotYet(repr(error)) from error
    if answer.status_code == 503:
        raise NotYet(answer.text)
    assert answer.status_code < 300, (answer.status_code, answer.text)
    return answer


async def _sign_in(phone: Session, agent: dict[str, Any]) -> None:
    token, jid = agent["accessToken"], agent["jabberId"]
    domain = jid.partition("@")[2]
    phone.send(f'<open xmlns="{FRAMING}" to="{domain}" version="1.0"/>')
    await phone.answer("mechanisms")
    secret = base64.b64encode(f"\0{jid}\0authKey:{token}".encode()).decode()
    phone.send(f'<auth xmlns="{SASL}" mechanism="PLAIN">{secret}</auth>')
    said = await phone.answer(SASL)
    if "temporary-auth-failure" in said:
        phone.leave()
        raise NotYet(said)
    assert "<success" in said, said
    phone.send(f'<open xmlns="{FRAMING}" to="{domain}" version="1.0"/>')
    await phone.answer("features")
    phone.send(f'<iq xmlns="jabber:client" type="set" id="1"><bind xmlns="{BIND}"/></iq>')
    assert "<jid>" in await phone.answer('id="1"')
    phone.signed_in = True


@dataclass
class Worker:
    """An agent at work while machines fail: has a session again as soon as there can be one, and changes their presence."""

    cluster: Cluster
    agent: dict[str, Any]
    presence: str
    phone: Session | None = None
    gaps: list[float] = field(default_factory=list)
    """Seconds without a session, for each time that one was lost."""
    committed: list[str] = field(default_factory=list)
    """The marks of the changes that were answered 200."""
    statuses: Counter[int] = field(default_factory=Counter)
    denied: list[str] = field(default_factory=list)

    async def stay(self) -> None:
        lost = None
        while True:
            try:
                self.phone = await self.cluster.session(self.agent)
            except NotYet:
                await asyncio.sleep(0.2)
                continue
            except AssertionError as error:
                self.denied.append(str(error))
                await asyncio.sleep(1)
                continue
            if lost is not None:
                self.gaps.append(time.monotonic() - lost)
            await self.phone.over.wait()
            lost, self.phone = time.monotonic(), None

    async def change(self) -> None:
        async with self.cluster.client(self.agent["accessToken"]) as client:
            while True:
                with suppress(httpx.TransportError):
                    await self.change_once(client)
                await asyncio.sleep(0.3)

    async def change_once(self, client: httpx.AsyncClient) -> str | None:
        mark = f"mark-{new_id()}"
        body = {"presenceDefinition": {"id": self.presence}, "message": mark}
        answer = await client.patch(f"/api/v2/users/{self.agent['userId']}/presences/purecloud", json=body)
        self.statuses[answer.status_code] += 1
        if answer.status_code == 200:
            self.committed.append(mark)
            return mark
        return None

    async def is_told(self, seconds: float) -> None:
        """Wait until there is a session, a change is committed, and the session is told of it."""
        async with asyncio.timeout(seconds), self.cluster.client(self.agent["accessToken"]) as client:
            while True:
                with suppress(TimeoutError, httpx.TransportError):
                    phone, mark = self.phone, await self.change_once(client)
                    if phone is not None and mark is not None:
                        await phone.told(mark, 3)
                        return
                await asyncio.sleep(0.1)


@asynccontextmanager
async def at_work(cluster: Cluster, numbers: range) -> AsyncGenerator[list[Worker]]:
    """Agents with sessions on both nodes, whose presence changes all the time."""
    async with cluster.admin() as admin:
        definitions = (await admin.get("/api/v2/presence/definitions", params={"pageSize": 100})).json()["entities"]
    busy = next(each["id"] for each in definitions if each["systemPresence"].lower() == "busy")
    workers = [Worker(cluster, cluster.agent(number), busy) for number in numbers]
    tasks = [asyncio.create_task(work) for each in workers for work in (each.stay(), each.change())]
    try:
        await asyncio.gather(*(each.is_told(60) for each in workers))
        yield workers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for each in workers:
            if each.phone is not None:
                each.phone.leave()


@asynccontextmanager
async def running_cluster() -> AsyncGenerator[Cluster]:
    base = Path(tempfile.mkdtemp(prefix="slcl-"))
    base.chmod(0o755)
    cluster = Cluster(base / "data", free_port())
    try:
        await cluster.start()
        yield cluster
    finally:
        if cluster.process is not None and cluster.process.returncode is None:
            await cluster.stop()
        shutil.rmtree(base, ignore_errors=True)
