"""Runs the examples of docs/http.md, one shell for all; `#> text` must occur in what came before it."""
import re
import subprocess
import sys
from pathlib import Path

from gateways import World

DOCUMENT = Path(sys.argv[2])


def script(address):
    """The examples as one script; after each expectation what was printed so far is marked off."""
    lines = ["set -e"]
    for block in re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("#> "):
                lines.append(f"printf '\\n%s\\n' '@@@ {line[3:]}'")
            else:
                lines.append(re.sub(r"^API=.*", f"API={address}", line))
    return "\n".join(lines)


with World() as world:
    text = script(f"http://127.0.0.1:{world.server.port}")
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=120, cwd=world.path)
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr)
    said = ""
    count = 0
    for line in done.stdout.splitlines():
        if not line.startswith("@@@ "):
            said += line + "\n"
            continue
        assert line[4:] in said, f"{line[4:]!r} is not in what was answered:\n{said}"
        said, count = "", count + 1
    assert count == DOCUMENT.read_text().count("\n#> "), count
