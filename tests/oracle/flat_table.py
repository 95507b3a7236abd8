"""Reads FlatBuffers tables by the format's documentation, with every bound checked; no generated code."""
import struct


class Malformed(Exception):
    """The bytes are not such a table."""


def unpack(layout, data, at):
    if at < 0 or at + struct.calcsize(layout) > len(data):
        raise Malformed(f"offset {at} is outside of {len(data)} bytes")
    return struct.unpack_from(layout, data, at)


class Table:
    """Fields are asked for by their place in the schema; a union takes two, its type and its table."""

    def __init__(self, data, at):
        self._data = data
        self._at = at
        self._vtable = at - unpack("<i", data, at)[0]
        self._vtable_bytes = unpack("<H", data, self._vtable)[0]

    @classmethod
    def root(cls, data, identifier):
        if bytes(data[4:8]) != identifier:
            raise Malformed(f"not a buffer of kind {identifier!r}")
        return cls(data, unpack("<I", data, 0)[0])

    def scalar(self, place, layout, default=0):
        at = self._field(place)
        return unpack(layout, self._data, at)[0] if at else default

    def struct(self, place, layout):
        """Its values, or None when it is not there."""
        at = self._field(place)
        return unpack(layout, self._data, at) if at else None

    def text(self, place):
        at = self._follow(place)
        return self._text(at) if at else None

    def table(self, place):
        at = self._follow(place)
        return Table(self._data, at) if at else None

    def structs(self, place, layout):
        at = self._follow(place)
        if not at:
            return []
        size = struct.calcsize(layout)
        count = unpack("<I", self._data, at)[0]
        return [unpack(layout, self._data, at + 4 + size * index) for index in range(count)]

    def texts(self, place):
        at = self._follow(place)
        if not at:
            return []
        count = unpack("<I", self._data, at)[0]
        slots = [at + 4 + 4 * index for index in range(count)]
        return [self._text(slot + unpack("<I", self._data, slot)[0]) for slot in slots]

    def octets(self, place):
        at = self._follow(place)
        if not at:
            return b""
        size = unpack("<I", self._data, at)[0]
        return bytes(unpack(f"<{size}s", self._data, at + 4)[0])

    def _text(self, at):
        size = unpack("<I", self._data, at)[0]
        return unpack(f"<{size}s", self._data, at + 4)[0].decode()

    def _follow(self, place):
        at = self._field(place)
        return at + unpack("<I", self._data, at)[0] if at else None

    def _field(self, place):
        slot = 4 + 2 * place
        if slot + 2 > self._vtable_bytes:
            return None
        offset = unpack("<H", self._data, self._vtable + slot)[0]
        return self._at + offset if offset else None
