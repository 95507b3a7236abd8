"""Nothing can be renamed to a mount point, which is where a new book would get its name: that is said before any work, and
with what to do instead."""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))

import small_disk  # noqa: E402

from books import Place, expect, make_backup, restore, verify  # noqa: E402

CANNOT_CREATE = 73

why_not = small_disk.enter()
if why_not:
    print(f"SKIPPED: {why_not}")
    sys.exit(small_disk.SKIPPED)
with Place() as at:
    backup, head = make_backup(at, rounds=1)
    # A disk of its own, and a part of the same one that is mounted again.
    with small_disk.Disk(at.path / "disk", 64) as disk:
        (at.path / "inside").mkdir(mode=0o700)
        bound = at.path / "bound"
        bound.mkdir(mode=0o700)
        subprocess.run(["mount", "--bind", at.path / "inside", bound], check=True)
        try:
            # The backup is damaged, which would be found if it were read.
            segment = next(backup.glob("*.segment"))
            whole = segment.read_bytes()
            segment.write_bytes(bytes(len(whole)))
            for place in (disk.place, bound):
                expect(CANNOT_CREATE, "is a mount point", "restore", "--from", backup, "--data", place)
                expect(CANNOT_CREATE, "name a new directory in it", "fork", "--from", backup, "--at", 5, "--to", place)
                expect(CANNOT_CREATE, "is a mount point", "fork", "--data", at.data, "--at", 5, "--to", place)
                assert not list(place.iterdir()) and not place.with_name(f"{place.name}.partial").exists()
            segment.write_bytes(whole)
            assert restore(backup, disk.place / "book")["chain_head"] == head["chain_head"]
            verify(disk.place / "book")
        finally:
            subprocess.run(["umount", bound], check=True)
