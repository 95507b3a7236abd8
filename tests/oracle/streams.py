"""Reads a JSONL file of many streams, each begun by a line such as {"stream":"17"}.
Lines before the first of these are a stream without a name."""
import json

# A number with a fraction stays text, which is never equal to what is expected: there are none.
SCAN = json.JSONDecoder(parse_float=str).scan_once


class Unreadable(Exception):
    """The input is not what the oracle reads; nothing is said about the book."""


class StreamFile:
    def __init__(self, path):
        self.path = path
        self.line = 0  # number of the line given out last
        self._read_lines = 0
        self._file = open(path, encoding="utf-8")
        self._ahead = self._read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def next_stream(self):
        """Its name, once the one before is read to its end; None at the end of the file."""
        start = self._ahead
        if start is None:
            return None
        if not is_start(start):
            return ""
        self._ahead = self._read()
        return str(start["stream"])

    def next(self):
        """The next object of the stream, None behind the last one."""
        found = self._ahead
        if found is None or is_start(found):
            return None
        self.line = self._read_lines
        self._ahead = self._read()
        return found

    def skip(self):
        """Reads the stream to its end."""
        while self.next() is not None:
            pass

    def _read(self):
        try:
            for text in self._file:
                self._read_lines += 1
                if not text.isspace():
                    return self._parsed(text)
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self.path}: behind line {self._read_lines}: {error}") from error
        return None

    def _parsed(self, text):
        try:
            found, end = SCAN(text, 0)
        except (StopIteration, ValueError) as error:
            raise Unreadable(f"{self.path}:{self._read_lines}: not JSON: {error}") from error
        if not isinstance(found, dict) or text[end:].strip():
            raise Unreadable(f"{self.path}:{self._read_lines}: not one object")
        return found


def is_start(found):
    return "stream" in found and "kind" not in found
