"""The calls a server makes on its files, which of them may fail in which way, and what must come of it [I1] [I9]."""
from collections import Counter
from dataclasses import dataclass
from errno import EDQUOT, EINTR, EIO, EMFILE, ENOMEM, ENOSPC
from os import strerror

ERRNO = {"EIO": EIO, "ENOSPC": ENOSPC, "EDQUOT": EDQUOT, "EINTR": EINTR, "ENOMEM": ENOMEM, "EMFILE": EMFILE,
         "landed": EIO}
WRITE = ("EIO", "ENOSPC", "EDQUOT", "short", "EINTR", "landed")
SYNC = ("EIO", "ENOSPC", "EDQUOT", "EINTR", "landed")
FAULTS = {
    "pwrite": WRITE, "writev": WRITE, "write": WRITE, "fdatasync": SYNC, "fsync": SYNC, "msync": SYNC,
    "ftruncate": ("EIO", "ENOSPC", "EDQUOT", "EINTR"), "create": ("EIO", "ENOSPC", "EDQUOT", "EMFILE", "EINTR"),
    "fallocate": ("EIO", "ENOSPC", "EINTR"), "sync_file_range": ("EIO", "ENOSPC", "EINTR"),
    "open": ("EIO", "EMFILE", "EINTR"), "pread": ("EIO", "EINTR", "short"), "mmap": ("EIO", "ENOMEM"),
    "rename": ("EIO", "ENOSPC", "EDQUOT"), "unlink": ("EIO",), "mkdir": ("EIO", "ENOSPC", "EDQUOT"),
    "chmod": ("EIO",), "flock": ("EIO", "EINTR")}
# Without one of these something that was answered, or all of it, may be gone after a power cut.
NEEDED = {("fsync", ".."), ("fsync", "."), ("fsync", "journal.new"), ("fdatasync", "journal.new/data.mdb"),
          ("fdatasync", "journal/data.mdb"),
          ("fdatasync", "projection/data.mdb"), ("fsync", "projection"), ("fdatasync", "state/book-#"),
          ("fdatasync", "state/keys-#-#"), ("fdatasync", "state/manifest.new"), ("fsync", "state")}
CHANGES = ("pwrite", "writev", "fdatasync", "fsync", "ftruncate", "create", "rename", "mkdir", "mmap", "chmod", "unlink")
ABORTED = -6
CANNOT_CREATE, IO_FAILED, TRY_AGAIN, DAMAGED, NO_PERMISSION, CONFIGURATION = 73, 74, 75, 76, 77, 78
# What our code asks for ends it at once; libraries in C tell, and abort or are told of as an error.
ENDS_WITHOUT_MEMORY = {0, ABORTED, CANNOT_CREATE, IO_FAILED, TRY_AGAIN, CONFIGURATION}


@dataclass(frozen=True, order=True)
class Case:
    """One run: in the first or the second life of a book, or while it is kept, the `nth` call of this kind on this file
    fails."""
    life: str
    call: str
    file: str
    nth: int
    how: str
    times: str

    @property
    def site(self):
        return self.life, self.call, self.file, self.how

    @property
    def text(self):
        return f"{self.call} {self.file} {self.nth} {self.how} {self.times}"

    @property
    def is_error(self):
        return self.how not in ("EINTR", "short")

    @property
    def is_courtesy(self):
        """Worth nothing to the one who calls it: who holds a lock, that there is news."""
        return self.file.endswith(".lock") and self.call in ("pwrite", "ftruncate")

    @property
    def is_first_look(self):
        """A start compares a projection with the book; where it cannot, the projector opens it, and says what is wrong."""
        is_opening = self.file == "projection/lock.mdb" or (self.file, self.call) == ("projection/data.mdb", "mmap")
        return self.life == "again" and is_opening and self.nth == 1 and self.times == "once"

    @property
    def is_of_journal(self):
        """Whether what is to be answered rests on it. Those who follow the journal only look at its lock."""
        is_lock = self.file == "journal/writer.lock"
        return (self.file.startswith("journal") or self.file in (".", "..")) and not is_lock

    @property
    def must_stop(self):
        """A process whose files are not what it takes them for ends; a start finds out what they are."""
        return self.call in CHANGES and self.is_error and not self.is_courtesy and not self.is_first_look

    @property
    def exit_codes(self):
        """Those it may end with because of it."""
        codes = {IO_FAILED}
        if self.life == "first" or self.call == "mkdir":
            codes.add(CANNOT_CREATE)
        if self.how == "ENOMEM":
            codes.add(CONFIGURATION)
        if self.is_cut_read:
            codes.add(DAMAGED)
        return codes

    @property
    def is_cut_read(self):
        """A read that ends early is what a file that was cut short looks like."""
        return self.call == "pread" and self.how == "short"

    @property
    def reasons(self):
        """What the one line that says why contains one of. LMDB calls a write cut short either."""
        if self.is_cut_read:
            return ("",)
        return tuple(strerror(code) for code in ((EIO, ENOSPC) if self.how == "short" else (ERRNO[self.how],)))


@dataclass(frozen=True, order=True)
class NoMemory:
    """One run: the `nth` allocation finds no memory. The process may abort; what it loses is what matters."""
    life: str
    nth: int
    times: str

    must_stop = is_of_journal = False

    @property
    def site(self):
        return self.life, "malloc", "(memory)", "ENOMEM"

    @property
    def text(self):
        return f"malloc (memory) {self.nth} ENOMEM {self.times}"


@dataclass(frozen=True)
class Line:
    """Of the injector's log."""
    began: int
    ended: int
    call: str
    file: str
    result: int
    how: str


def read_log(path):
    if not path.exists():
        return []
    lines = (line.split() for line in path.read_text().splitlines())
    return [Line(int(began), int(ended), call, file, int(result), how) for began, ended, call, file, result, how in lines]


def count(lines):
    return Counter((line.call, line.file) for line in lines)


def every_case(life, counts):
    for (call, file), most in sorted(counts.items()):
        for nth in range(1, most + 1):
            for how in FAULTS.get(call, ()):
                for times in ("once", "sticky"):
                    yield Case(life, call, file, nth, how, times)
