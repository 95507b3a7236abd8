"""Every help text is in tests/golden/help. With DAYBOOK_UPDATE_GOLDEN set, the files are written."""
import os
import re
import sys
from pathlib import Path

from command_line import ok

GOLDEN = Path(sys.argv[2])
SUBCOMMANDS = re.compile(r"^Subcommands:\n((?:  .*\n)+)", re.MULTILINE)


def texts(path=()):
    text = ok(*path, "--help")
    yield "-".join(path) or "daybook", text
    for block in SUBCOMMANDS.findall(text):
        for name in re.findall(r"^  (\S+)", block, re.MULTILINE):
            yield from texts((*path, name))


found = {f"{name}.txt": text for name, text in texts()}
if os.environ.get("DAYBOOK_UPDATE_GOLDEN"):
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for old in GOLDEN.glob("*.txt"):
        old.unlink()
    for name, text in found.items():
        (GOLDEN / name).write_text(text)

expected = {path.name: path.read_text() for path in GOLDEN.glob("*.txt")}
differing = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
for name in differing:
    print(f"--- {name}: the help text is now\n{found.get(name, '(no such command)')}")
if differing:
    sys.exit(f"{', '.join(differing)}: not the golden text; when the change is meant, run this test with "
             "DAYBOOK_UPDATE_GOLDEN=1 and look at the difference")
