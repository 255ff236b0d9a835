"""From the commit of a change to its frame at a live session, with NATS and without."""

import asyncio
import base64
import os
import random
import signal
import time
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.decision import percentile
from benchmarks.installation import Account, Installation, make_accounts, make_channels, running
from benchmarks.registry import Outcome, bench, say
from shiftline.apps import rooms
from shiftline.apps.running import find_settings
from shiftline.foundation.bus import Bus
from shiftline.foundation.context import Context
from shiftline.foundation.database import Database
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.tokens import authenticate
from shiftline.presence.events import Activity, PresenceChanged
from shiftline.signalling.channels.operations import subscribe

SESSIONS = 500
CHANGES = 600
RATE = 40
BAR_MS = 250.0

OPEN = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="{}" version="1.0"/>'
AUTH = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">{}</auth>'
BIND = '<iq xmlns="jabber:client" id="b" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>'


class Softphone(WSListener):
    """A live session that notes when each change arrives, by the change's own mark."""

    def __init__(self, arrived: dict[str, float]) -> None:
        super().__init__()
        self._arrived = arrived
        self._frames: asyncio.Queue[str] = asyncio.Queue()
        self.transport: Any = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        del transport
        if frame.msg_type != WSMsgType.TEXT:
            return
        text = frame.get_payload_as_utf8_text()
        mark = text.partition("mark-")[2][:36]
        if mark:
            self._arrived.setdefault(mark, time.perf_counter())
        else:
            self._frames.put_nowait(text)

    async def sign_in(self, account: Account) -> None:
        domain = account.jid.partition("@")[2]
        secret = base64.b64encode(f"\0{account.jid}\0authKey:{account.token}".encode()).decode()
        for say_it, answers in (
            (OPEN.format(domain), 2),
            (AUTH.format(secret), 1),
            (OPEN.format(domain), 2),
            (BIND, 1),
        ):
            self.transport.send(WSMsgType.TEXT, say_it)
            async with asyncio.timeout(20):
                heard = [await self._frames.get() for _ in range(answers)]
            assert "<failure" not in heard[0], heard


@bench(
    "propagation", group="signalling", bar=f"p99 from commit to frame under {BAR_MS:g} ms with NATS; without it told"
)
def propagation() -> Outcome:
    """Presence changes at an even rate to hundreds of live sessions; then once more with NATS stopped."""
    with running() as installation:
        return asyncio.run(_measure(installation))


async def _measure(installation: Installation) -> Outcome:
    rooms.load("events")
    bus = Bus(find_settings(installation.folder, {}).nats_url)
    database = Database(installation.database_url, bus)
    await bus.open()
    await database.open()
    try:
        context = installation.context(database)
        accounts = await make_accounts(context, SESSIONS)
        arrived: dict[str, float] = {}
        phones = await _connect(installation, context, accounts, arrived)
        say(f"{len(phones)} live sessions")
        with_nats = await change(context, accounts, arrived)
        nats = installation.pid("nats")
        os.kill(nats, signal.SIGSTOP)
        try:
            without = await change(context, accounts, arrived)
        finally:
            os.kill(nats, signal.SIGCONT)
    finally:
        await bus.close()
        await database.close()
    figures = {
        "sessions": SESSIONS,
        "changes_per_second": RATE,
        "with_nats": figures_of(with_nats),
        "without_nats": figures_of(without),
    }
    return Outcome(figures, holds=len(with_nats) == CHANGES and percentile(with_nats, 0.99) < BAR_MS)


async def _connect(
    installation: Installation, context: Context, accounts: list[Account], arrived: dict[str, float]
) -> list[Softphone]:
    return await go_live(context, [(each, installation.listen("signalling")) for each in accounts], arrived)


async def go_live(context: Context, places: list[tuple[Account, str]], arrived: dict[str, float]) -> list[Softphone]:
    """A live session for each account at an address of signalling, which hears of its presence."""
    channels = await make_channels(context, [account for account, _ in places])
    topics = rooms.topics()
    phones: list[Softphone] = []
    for (account, address), channel_id in zip(places, channels, strict=True):
        actor = await authenticate(context.database, context.clock, account.token)
        wished = [f"v2.users.{account.person_id}.presence"]
        await subscribe(context.acting_as(actor), channel_id, wished, topics, keep=False)
        _, phone = await ws_connect(
            lambda: Softphone(arrived),
            f"ws://{address}/stream/channels/{channel_id}",
            extra_headers={"Sec-WebSocket-Protocol": "xmpp"},
        )
        assert isinstance(phone, Softphone)
        await phone.sign_in(account)
        phones.append(phone)
    return phones


async def change(context: Context, accounts: list[Account], arrived: dict[str, float]) -> list[float]:
    """Milliseconds from just before each commit to the frame; changes that never arrived are missing."""
    committed: dict[str, float] = {}

    async def one() -> None:
        mark, account, now = new_id(), random.choice(accounts), context.now()
        activity = Activity(
            status="OFF_QUEUE", started_at=now, definition_id="d", system_presence="Busy", message="", modified_at=now
        )
        async with context.transaction() as tx:
            tx.record(
                PresenceChanged(
                    organization_id=context.organization_id,
                    person_id=account.person_id,
                    source_id="PURECLOUD",
                    definition_id="d",
                    system_presence="Busy",
                    primary=True,
                    message=f"mark-{mark}",
                    modified_at=now,
                    activity=activity,
                )
            )
            await tx.flush()
            committed[mark] = time.perf_counter()

    tasks: list[asyncio.Task[None]] = []
    for _ in range(CHANGES):
        tasks.append(asyncio.create_task(one()))
        await asyncio.sleep(random.expovariate(RATE))
    await asyncio.gather(*tasks)
    await asyncio.sleep(2)
    return [(arrived[mark] - at) * 1e3 for mark, at in committed.items() if mark in arrived]


def figures_of(milliseconds: list[float]) -> dict[str, Any]:
    return {
        "arrived": len(milliseconds),
        "p50_ms": round(percentile(milliseconds, 0.5), 2),
        "p99_ms": round(percentile(milliseconds, 0.99), 2),
        "max_ms": round(max(milliseconds), 2),
    }
