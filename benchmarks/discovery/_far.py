"""A process between a client and a server on loopback: every byte comes so many seconds later, as if the server were far away."""

import asyncio
import contextlib
import sys

PIECE = 64 * 1024


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """One direction of a connection; what is under way is not held up by what comes after."""
    loop = asyncio.get_running_loop()
    while True:
        piece = await reader.read(PIECE)
        if not piece:
            break
        loop.call_later(delay, writer.write, piece)
    await asyncio.sleep(delay)
    writer.close()


async def main(port: int, target: int, delay: float) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", target)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(carry(reader, back, delay), carry(there, writer, delay))

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
