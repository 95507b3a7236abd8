"""make.py NAME SOURCE 'OLD' 'NEW' 'REGEX' 'WHAT' ['SAYS']: writes NAME.patch, in which NEW stands in SOURCE for OLD."""
import difflib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

name, source, old, new, killers, what, *says = sys.argv[1:]
text = (ROOT / source).read_text()
old, new = (part.encode().decode("unicode_escape") for part in (old, new))
if text.count(old) != 1:
    sys.exit(f"make.py: {source} has it {text.count(old)} times")
diff = "".join(difflib.unified_diff(text.splitlines(True), text.replace(old, new).splitlines(True), f"a/{source}", f"b/{source}"))
head = f"# killed by: {killers}\n" + "".join(f"# says: {one}\n" for one in says) + f"{what}\n\n"
(HERE / f"{name}.patch").write_text(head + diff)
