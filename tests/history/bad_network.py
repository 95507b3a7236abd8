"""A network between clients and a server that cuts connections in the middle of a frame, leaves them half open, delays,
drips byte by byte, and so brings what was sent on several connections in another order."""
import asyncio
import random
import threading

KINDS, WEIGHTS = ("good", "reset", "half_open", "slow", "drip"), (30, 30, 10, 20, 10)


class Address:
    """A Unix socket's path, or a port on this machine."""

    def __init__(self, place):
        self.place = place

    async def listen(self, serve):
        if isinstance(self.place, int):
            return await asyncio.start_server(serve, "127.0.0.1", self.place)
        return await asyncio.start_unix_server(serve, str(self.place))

    async def connect(self):
        if isinstance(self.place, int):
            return await asyncio.open_connection("127.0.0.1", self.place)
        return await asyncio.open_unix_connection(str(self.place))


class BadNetwork(threading.Thread):
    """From start() to end() between `listen` and `target`; port 0 is any."""

    def __init__(self, listen, target, seed, delay_max=0.2, life_max=2.0):
        super().__init__(daemon=True)
        self._listen, self._target = Address(listen), Address(target)
        self._chance, self._delay_max, self._life_max = random.Random(seed), delay_max, life_max
        self._loop = asyncio.new_event_loop()
        self._is_ready = threading.Event()
        self.counts = {kind: 0 for kind in KINDS}
        self.port = None

    def start(self):
        super().start()
        if not self._is_ready.wait(20):
            raise RuntimeError("the network does not come up")
        return self

    def run(self):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._listen.listen(self._serve))
        name = server.sockets[0].getsockname()
        self.port = name[1] if isinstance(name, tuple) else None
        self._is_ready.set()
        self._loop.run_forever()

    def end(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self.join(20)
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left))
        self._loop.close()

    async def _serve(self, reader, writer):
        kind = self._chance.choices(KINDS, WEIGHTS)[0]
        self.counts[kind] += 1
        try:
            far_reader, far_writer = await self._target.connect()
        except OSError:
            writer.transport.abort()
            return
        there = asyncio.ensure_future(self._carry(reader, far_writer, kind))
        back = asyncio.ensure_future(self._carry(far_reader, writer, kind))
        life = None if kind == "good" else self._chance.uniform(0.1, self._life_max)
        try:
            await asyncio.wait([there, back], timeout=life, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass  # the network ends
        for task in (there, back):
            task.cancel()
        # As a reset, not as an end that was agreed upon.
        writer.transport.abort()
        far_writer.transport.abort()

    async def _carry(self, reader, writer, kind):
        """One direction, until it ends or is cut."""
        left = self._chance.randint(1, 20_000) if kind in ("reset", "half_open") else None
        dripped = 0
        try:
            while data := await reader.read(16_384):
                if kind == "slow":
                    await asyncio.sleep(self._chance.uniform(0, self._delay_max))
                if left is not None and len(data) >= left:
                    writer.write(data[:left])
                    await writer.drain()
                    if kind == "half_open":
                        await asyncio.sleep(3600)
                    return
                if left is not None:
                    left -= len(data)
                while kind == "drip" and data and dripped < 400:
                    writer.write(data[:1])
                    await writer.drain()
                    await asyncio.sleep(0.0005)
                    data, dripped = data[1:], dripped + 1
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
