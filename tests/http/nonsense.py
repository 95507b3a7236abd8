"""A query endpoint that answers every question by nonsense: ZMTP 3.0 by hand, one thread a connection."""
import contextlib
import os
import socket
import threading

GREETING = b"\xff" + b"\0" * 8 + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" + b"\0" * 31
KIND_AT, RECORDS = 6, 97  # in the header of a message (schema/message.h), and what only a feed publishes
HEADER_BYTES = 64


class Nonsense:
    def __init__(self, path):
        self.endpoint = f"ipc://{path}"
        self._listener = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with contextlib.suppress(OSError, EOFError), peer:
            peer.sendall(GREETING)
            read(peer, len(GREETING))
            ready = b"\x05READY" + b"\x0bSocket-Type" + (6).to_bytes(4, "big") + b"ROUTER"
            peer.sendall(frame(4, ready))
            parts = []
            while True:
                flags, body = read_frame(peer)
                if flags & 4:
                    continue
                parts.append(body)
                if flags & 1:
                    continue
                *envelope, asked = parts
                answer = bytearray(asked[:HEADER_BYTES])
                answer[KIND_AT] = RECORDS
                peer.sendall(b"".join(frame(1, each) for each in envelope) + frame(0, bytes(answer)))
                parts = []

    def close(self):
        self._listener.close()


def frame(flags, body):
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return bytes([flags | 2]) + len(body).to_bytes(8, "big") + body


def read(peer, count):
    data = b""
    while len(data) < count:
        part = peer.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def read_frame(peer):
    flags = read(peer, 1)[0]
    size = int.from_bytes(read(peer, 8 if flags & 2 else 1), "big")
    return flags, read(peer, size)
