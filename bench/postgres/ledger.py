"""A `daybook serve` of our own on a data directory that is thrown away."""
import pathlib
import shutil
import signal
import subprocess
import time

from machine import Meter, disk_bytes


class Ledger:
    def __init__(self, binary, directory):
        self.binary = binary
        self.directory = pathlib.Path(directory)
        self.data = self.directory / "data"
        self.endpoint = f"ipc://{self.directory}/commands"
        self.process = None

    def start(self):
        self.directory.mkdir()
        with open(self.directory / "log", "w") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--data", self.data, "--listen", self.endpoint, "--feed", "", "--query", ""],
                stdout=log, stderr=log, start_new_session=True)
        for _ in range(1200):
            if self.process.poll() is not None:
                break
            if (self.directory / "commands").exists():
                return
            time.sleep(0.05)
        raise RuntimeError("Daybook does not start: " + (self.directory / "log").read_text()[-400:])

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        shutil.rmtree(self.directory, ignore_errors=True)

    def disk_bytes(self):
        return disk_bytes(self.data)

    def meter(self):
        return Meter(self.process.pid)
