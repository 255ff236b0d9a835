"""PostgreSQL: the one truth. Statements stand in files; a transaction writes change, audit and outbox together."""

import re
import select
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString, Self, TypeAlias, cast

import msgspec
import psycopg
from psycopg import (
    AsyncConnection,
    _queries,  # pyright: ignore[reportPrivateUsage]
)
from psycopg.rows import dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shiftline.foundation import events
from shiftline.foundation.errors import Conflict, Unavailable
from shiftline.foundation.vigil import Vigil

if TYPE_CHECKING:
    from shiftline.foundation.bus import Bus
    from shiftline.foundation.context import Context

Row: TypeAlias = dict[str, Any]
Parameters: TypeAlias = Mapping[str, Any]

_NAME = re.compile(r"^-- name: (\w+)[ \t]*$", re.MULTILINE)


class Queries:
    """The named statements of one ``queries.sql``: ``-- name: find_person`` starts each."""

    def __init__(self, statements: Mapping[str, str]) -> None:
        self._statements = statements

    @classmethod
    def beside(cls, module_file: str, name: str = "queries.sql") -> Self:
        """The statements in the file that stands beside a module."""
        return cls(parse_statements(Path(module_file).with_name(name).read_text(encoding="utf-8")))

    def __getitem__(self, name: str) -> LiteralString:
        return cast("LiteralString", self._statements[name])


def parse_statements(text: str) -> dict[str, str]:
    """The statements of a file by name. Raises ValueError for a name given twice."""
    parts = _NAME.split(text)
    names = parts[1::2]
    if len(names) != len(set(names)):
        raise ValueError("a statement's name is given twice")
    return {name: body.strip().rstrip(";") for name, body in zip(names, parts[2::2], strict=True)}


SQL = Queries.beside(__file__)
_COMMIT_AND_TELL: LiteralString = "commit; " + SQL["present_position"]


class Reader:
    """A connection as rooms see it: named statements in, rows as dicts out."""

    def __init__(self, connection: AsyncConnection[Row]) -> None:
        self.connection = connection

    async def one(self, statement: LiteralString, parameters: Parameters) -> Row | None:
        """The first row, or None."""
        cursor = await self.connection.execute(statement, parameters)
        return await cursor.fetchone()

    async def all(self, statement: LiteralString, parameters: Parameters) -> list[Row]:
        """All rows."""
        cursor = await self.connection.execute(statement, parameters)
        return await cursor.fetchall()


class Transaction(Reader):
    """A reader that also writes. What is recorded is flushed just before the commit."""

    def __init__(self, connection: AsyncConnection[Row], context: "Context") -> None:
        super().__init__(connection)
        self.context = context
        self.happened: list[events.Event] = []
        self.noted: list[events.Event] = []
        self.afterwards: list[Callable[[], None]] = []

    async def execute(self, statement: LiteralString, parameters: Parameters) -> int:
        """Run a write; the number of rows it touched."""
        cursor = await self.connection.execute(statement, parameters)
        return cursor.rowcount

    async def execute_many(self, statement: LiteralString, parameters: Sequence[Parameters]) -> None:
        """Run one write for many parameter sets, pipelined."""
        async with self.connection.cursor() as cursor:
            await cursor.executemany(statement, parameters)

    async def copy(self, statement: LiteralString, rows: Iterable[Sequence[Any]], types: Sequence[str]) -> None:
        """Load rows by a ``COPY ... FROM STDIN (FORMAT BINARY)`` statement with the given column types."""
        async with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                await copy.write_row(row)

    def record(self, happened: events.Event) -> None:
        """Note what happened: its audit and outbox rows commit with the change."""
        self.happened.append(happened)
        self.noted.append(happened)

    async def flush(self) -> None:
        """Write the noted events now (otherwise done before the commit)."""
        if not self.happened:
            return
        context, rows = self.context, [_outbox_row(happened) for happened in self.happened]
        self.happened.clear()
        await self.connection.execute(
            SQL["record_events"],
            {
                "events": msgspec.json.encode(rows).decode(),
                "at": context.now(),
                "actor_id": context.actor.id,
                "actor_kind": context.actor.kind,
                "client_id": context.actor.client_id,
                "correlation_id": context.correlation_id,
                "remote_address": context.remote_address,
            },
        )


def _outbox_row(happened: events.Event) -> Row:
    kind = events.kind_of(happened)
    return {
        "organization_id": happened.organization_id,
        "name": kind.name,
        "version": kind.version,
        "service": kind.service,
        "entity_type": kind.entity_type,
        "entity_id": events.entity_id(happened),
        "action": kind.action,
        "body": msgspec.Raw(events.encode(happened)),
    }


Guard: TypeAlias = Callable[[Transaction, Sequence[events.Event]], Awaitable[None]]
"""Looks at what a transaction noted, before it commits; a refusal that it raises rolls everything back."""


# A program whose machine is cut off says nothing any more: what it holds (the lead, locks of rows) is given back in seconds, too.
_SOON_GONE = " -c tcp_keepalives_idle=3 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=5000"


class Database:
    """A pool of connections to one PostgreSQL, the bus that is told of each commit, and who may still refuse one."""

    def __init__(
        self,
        url: str,
        bus: "Bus | None" = None,
        *,
        size: int = 10,
        timeout: timedelta | None = None,
        guards: Sequence[Guard] = (),
    ) -> None:
        self.bus = bus
        self.guards = guards
        self._vigil = Vigil(url)
        self._pool: AsyncConnectionPool[AsyncConnection[Row]] = AsyncConnectionPool(
            url,
            connection_class=cast("type[AsyncConnection[Row]]", AsyncConnection),
            kwargs={
                "row_factory": dict_row,
                "autocommit": True,
                "application_name": "shiftline",
                "options": "-c statement_timeout=60s -c lock_timeout=10s -c TimeZone=UTC" + _SOON_GONE,
                "connect_timeout": 3,
                # A server that vanished without a word is noticed in seconds, not in the kernel's hours.
                "tcp_user_timeout": 5000,
            },
            min_size=1,
            max_size=size,
            timeout=(timeout or timedelta(seconds=3)).total_seconds(),
            reconnect_timeout=1.0,
            reconnect_failed=None,
            check=_check_quietly,
            open=False,
        )

    async def open(self) -> None:
        """Start the pool; connections are made in the background and retried."""
        await self._pool.open(wait=False)
        self._vigil.begin()

    async def close(self) -> None:
        """Close every connection."""
        await self._vigil.end()
        await self._pool.close(timeout=2)

    @asynccontextmanager
    async def reader(self) -> AsyncGenerator[Reader]:
        """A connection for reads. Raises Unavailable when PostgreSQL cannot be reached."""
        async with self._connection() as connection:
            yield Reader(connection)

    @asynccontextmanager
    async def transaction(self, context: "Context") -> AsyncGenerator[Transaction]:
        """One transaction for the context's actor; commits at the end of the block, then wakes whoever listens.

        Raises Unavailable when PostgreSQL cannot be reached or gave up (deadlock), Conflict for a broken constraint
        that no room translated or an idempotency key that was used before.
        """
        async with self._connection() as connection:
            async with _committing(connection, context):
                transaction = Transaction(connection, context)
                if context.idempotency_key is not None:
                    await _claim_idempotency_key(transaction)
                yield transaction
                for guard in self.guards:
                    await guard(transaction, tuple(transaction.noted))
                await transaction.flush()
            for follow in transaction.afterwards:  # only what has committed is counted
                follow()
            if transaction.noted and self.bus is not None:
                await self.bus.wake({events.room_of(happened) for happened in transaction.noted})

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection[Row]]:
        if self._vigil.silent:
            raise Unavailable("The database does not answer right now. Nothing was changed.")
        try:
            async with self._pool.connection() as connection:
                self._vigil.add(connection)
                try:
                    yield connection
                finally:
                    self._vigil.discard(connection)
        except (PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable("The database cannot be reached right now. Nothing was changed.") from error
        except psycopg.IntegrityError as error:
            name = error.diag.constraint_name or "a constraint"
            raise Conflict(f"The change contradicts what is stored ({name}). Nothing was changed.") from error


@asynccontextmanager
async def _committing(connection: AsyncConnection[Row], context: "Context") -> AsyncGenerator[None]:
    """A block that commits at its end. Where the context's request wants to know its revision, the server tells with the commit, in
    the same message: it costs no way there and back.
    """
    if context.reading is None:
        async with connection.transaction():
            yield
        return
    await connection.execute("begin", prepare=False)
    try:
        yield
        cursor = await connection.execute(_COMMIT_AND_TELL, prepare=False)
    except BaseException:
        with suppress(psycopg.Error):
            await connection.rollback()
        raise
    if cursor.nextset() and (row := await cursor.fetchone()) is not None:
        context.reading.committed(row["position"])


async def _check_quietly(connection: AsyncConnection[Row]) -> None:
    """Notice a connection that the server closed while it was idle, without asking the server: its socket can be read."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        # Closed here: libpq has not looked yet, and the pool keeps whatever it believes to be alive.
        await connection.close()
        raise psycopg.OperationalError("the server closed this connection")


async def _claim_idempotency_key(transaction: Transaction) -> None:
    context = transaction.context
    claimed = await transaction.execute(
        SQL["claim_idempotency_key"],
        {
            "organization_id": context.organization_id,
            "actor_id": context.actor.id,
            "key": context.idempotency_key,
            "at": context.now(),
        },
    )
    if claimed == 0:
        raise Conflict(
            "A request with this Idempotency-Key was already applied and its answer is no longer at hand. "
            "Nothing was done again: read the resource to see the result.",
            code="idempotency.key.used",
        )


def _encode(value: object) -> bytes:
    return msgspec.json.encode(value)


# Psycopg finds the parameters of a statement once, unless it is longer than this: then at each execution, which cost
# signalling 9% of its processor time. Our statements are few and stand in files, however long they are.
_queries.MAX_CACHED_STATEMENT_LENGTH = 32_768
set_json_dumps(_encode)
set_json_loads(msgspec.json.decode)
