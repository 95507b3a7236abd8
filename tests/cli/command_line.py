"""Runs the `daybook` binary in a temporary directory, and a server for it to talk to."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BINARY = sys.argv[1]
# What the user has set must not matter.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}


def run(*arguments, **options):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT,
                          timeout=120, check=False, **options)


def start(*arguments, **options):
    return subprocess.Popen([BINARY, *map(str, arguments)], text=True, env=ENVIRONMENT, **options)


def ok(*arguments):
    done = run(*arguments)
    assert done.returncode == 0, f"{arguments}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def ok_json(*arguments):
    return json.loads(ok(*arguments, "--json"))


class Place:
    """A temporary directory with the names a test needs."""

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="daybook_cli_")
        self.path = Path(self._directory.name)
        self.data = self.path / "data"
        self.listen = f"ipc://{self.path}/commands"
        self.feed = f"ipc://{self.path}/feed"
        self.query = f"ipc://{self.path}/query"
        return self

    def __exit__(self, *_):
        self._directory.cleanup()


class Server:
    """`daybook serve` on a place; ready when the block is entered."""

    def __init__(self, place, listen=None):
        self.place = place
        self.listen = listen or place.listen

    def __enter__(self):
        self.process = start("serve", "--data", self.place.data, "--listen", self.listen, "--feed", self.place.feed,
                             "--query", self.place.query, "--disk-reserve", 1, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while run("info", "--connect", self.listen).returncode != 0:
            assert self.process.poll() is None, f"serve ended: {self.process.stderr.read()}"
            assert time.monotonic() < deadline, "serve does not answer"
        return self

    def is_alive(self):
        return self.process.poll() is None and run("info", "--connect", self.listen).returncode == 0

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process.stderr.close()
        assert kind is not None or code == 0, f"serve ended with exit code {code}"
