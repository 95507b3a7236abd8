"""What the machine is, and what processes take from it."""
import os
import pathlib
import platform
import statistics
import time


def _read(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def memory_bytes():
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def file_system_of(directory):
    best = ("", "unknown")
    place = str(pathlib.Path(directory).resolve())
    for line in _read("/proc/mounts").splitlines():
        _, mount, kind = line.split()[:3]
        if (place + "/").startswith(mount.rstrip("/") + "/") and len(mount) > len(best[0]):
            best = (mount, kind)
    return best[1]


def fdatasync_median_us(directory, times=300):
    """The disk's own limit: 4 KiB written and synced, as either system does at a commit."""
    path = pathlib.Path(directory) / "fdatasync"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    took = []
    try:
        for i in range(times):
            os.pwrite(file, bytes([i % 256]) * 4096, (i % 64) * 4096)
            start = time.perf_counter()
            os.fdatasync(file)
            took.append((time.perf_counter() - start) * 1e6)
    finally:
        os.close(file)
        path.unlink()
    return statistics.median(took)


def describe(directory):
    model = next((line.split(":", 1)[1].strip() for line in _read("/proc/cpuinfo").splitlines()
                  if line.startswith("model name")), platform.machine())
    return {"cpus": os.cpu_count(), "cpu_model": model, "memory_gib": round(memory_bytes() / 2**30, 1),
            "kernel": platform.release(), "file_system": file_system_of(directory),
            "fdatasync_us": round(fdatasync_median_us(directory), 1)}


def disk_bytes(directory):
    """What its files take on disk."""
    total = 0
    for path in pathlib.Path(directory).rglob("*"):
        try:
            total += path.stat().st_blocks * 512
        except FileNotFoundError:
            pass  # removed meanwhile
    return total


def _tree(root):
    found = [root]
    for pid in found:
        found += [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]
    return found


class Meter:
    """Processor seconds of a process and its children. Call `look` while those that did the work are
    still there: what a process took is known up to the last look at it."""

    def __init__(self, root):
        self.root = root
        self.cpu = {}
        self.look()
        self.first = dict(self.cpu)

    def look(self):
        for pid in _tree(self.root):
            stat = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
            if stat:
                self.cpu[pid] = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def cpu_seconds(self):
        return sum(value - self.first.get(pid, 0) for pid, value in self.cpu.items())


def device_written_bytes(directory):
    """Since boot, to the device under the directory, by everybody; none when that cannot be known.
    Not /proc/PID/io: for a few bytes in a large folio it counts the folio."""
    device = os.stat(directory).st_dev
    for line in _read("/proc/diskstats").splitlines():
        words = line.split()
        if (int(words[0]), int(words[1])) == (os.major(device), os.minor(device)):
            return int(words[9]) * 512
    return None
