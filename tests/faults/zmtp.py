"""A DEALER's end of one ZeroMQ connection over a Unix socket (ZMTP 3.0, no security), by its specification: so the
tests depend on no binding, and see when each byte comes."""
import select
import socket
import struct
import time

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
MORE, LONG, COMMAND = 1, 2, 4


class Gone(Exception):
    """The other side has closed, or was never there."""


def property_of(name, value):
    return bytes([len(name)]) + name + struct.pack(">I", len(value)) + value


READY = b"\x05READY" + property_of(b"Socket-Type", b"DEALER") + property_of(b"Identity", b"")


class Dealer:
    """Sends and receives messages of one frame. One thread."""

    def __init__(self, path, patience=10):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._bytes = bytearray()
        self.messages = []
        self.pongs = 0
        try:
            self._socket.connect(str(path))
        except OSError as problem:
            self._socket.close()
            raise Gone(str(problem)) from problem
        self._put(GREETING)
        until = time.monotonic() + patience
        while len(self._bytes) < 64:
            self._take(until - time.monotonic())
        del self._bytes[:64]
        self._put(bytes([COMMAND, len(READY)]) + READY)

    def fileno(self):
        return self._socket.fileno()

    def close(self):
        self._socket.close()

    def send(self, message):
        head = bytes([0, len(message)]) if len(message) < 256 else bytes([LONG]) + struct.pack(">Q", len(message))
        self._put(head + message)

    def ping(self):
        """Is answered by the other side's I/O thread, whatever the program behind it does."""
        body = b"\x04PING" + bytes(2)
        self._put(bytes([COMMAND, len(body)]) + body)

    def receive(self, patience=10):
        """The next message; None when none comes in time."""
        until = time.monotonic() + patience
        while True:
            self._read_frames()
            if self.messages:
                return self.messages.pop(0)
            left = until - time.monotonic()
            if left < 0 or not self._take(left):
                return None

    def look(self):
        """Takes in what is there."""
        while self._take(0):
            pass
        self._read_frames()

    def _put(self, data):
        try:
            self._socket.sendall(data)
        except OSError as problem:
            raise Gone(str(problem)) from problem

    def _take(self, patience):
        """False when nothing comes in time."""
        if not select.select([self._socket], [], [], max(patience, 0))[0]:
            return False
        try:
            data = self._socket.recv(1 << 18)
        except OSError as problem:
            raise Gone(str(problem)) from problem
        if not data:
            raise Gone("closed by the other side")
        self._bytes += data
        return True

    def _read_frames(self):
        at = 0
        while len(self._bytes) - at >= 2:
            flags, size, body = self._bytes[at], self._bytes[at + 1], at + 2
            if flags & LONG:
                if len(self._bytes) - at < 9:
                    break
                size, body = struct.unpack_from(">Q", self._bytes, at + 1)[0], at + 9
            if len(self._bytes) < body + size:
                break
            frame = bytes(self._bytes[body:body + size])
            at = body + size
            if not flags & COMMAND:
                if flags & MORE:
                    raise Gone("a message of several frames")
                self.messages.append(frame)
            elif frame.startswith(b"\x04PONG"):
                self.pongs += 1
            elif frame.startswith(b"\x04PING"):
                body = b"\x04PONG" + frame[7:]
                self._put(bytes([COMMAND, len(body)]) + body)
        del self._bytes[:at]
