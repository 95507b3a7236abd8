"""File systems of a few MiB in a mount namespace of one's own, for which root is needed or a user namespace."""
import os
import subprocess
import sys

SKIPPED = 77
INSIDE = "DAYBOOK_SMALL_DISKS"


def enter():
    """Starts this program again where it may mount. Comes back with a word why when it may nowhere."""
    if os.environ.get(INSIDE):
        return ""
    way = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    probe = subprocess.run([*way, "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"], capture_output=True, text=True,
                           check=False)
    if probe.returncode != 0:
        return probe.stderr.strip() or f"unshare ended with {probe.returncode}"
    os.environ[INSIDE] = "1"
    os.execvp(way[0], [*way, sys.executable, "-B", *sys.argv])


class Disk:
    """One small file system, mounted at a folder; `kind` is tmpfs, or ext4 in a file."""

    def __init__(self, place, size_mib, kind="tmpfs"):
        self.place, self.image = place, place.parent / f"{place.name}.image"
        place.mkdir(exist_ok=True)
        if kind == "tmpfs":
            words = ["mount", "-t", "tmpfs", "-o", f"size={int(size_mib * 1024)}k,mode=0700", "none", place]
        else:
            with open(self.image, "wb") as image:
                image.truncate(size_mib << 20)
            subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", self.image], check=True)
            words = ["mount", "-o", "loop", self.image, place]
        subprocess.run(words, check=True)

    def grow(self, size_mib):
        subprocess.run(["mount", "-o", f"remount,size={size_mib}m", self.place], check=True)

    def free(self):
        system = os.statvfs(self.place)
        return system.f_bavail * system.f_frsize

    def take(self, name, leave):
        """A file of somebody else's that leaves so many bytes free."""
        path = self.place / name
        with open(path, "ab", buffering=0) as file:
            while (left := self.free() - leave) > 0:
                try:
                    file.write(bytes(min(left, 1 << 20)))
                except OSError:
                    if left < 1 << 16:
                        break
                    leave += 1 << 12  # a block is no smaller
        return path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.place], check=False)
        self.image.unlink(missing_ok=True)
