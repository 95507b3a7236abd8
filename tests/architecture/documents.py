"""The documents and the sources say the same: invariants are cited and guarded, links lead somewhere."""
import re
from urllib.parse import unquote

from tree import ROOT, files, finish, name

# A definition starts a heading, a list item, a table row or a paragraph: `## I5 ...`, `| I5 | ...`, `**I5** ...`.
DEFINED = re.compile(r"^[#\s|*-]*\**I(\d+)\b", re.MULTILINE)
CITED_BY_TEST = re.compile(r"\[I(\d+)\]")
LINK = re.compile(r"\]\(([^)\s]+)[^)]*\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def invariants():
    document = ROOT / "docs" / "INVARIANTS.md"
    if not document.exists():
        return []
    defined = set(DEFINED.findall(document.read_text()))
    cited = {}
    for path in files(".cc", ".daybook", ".txt", ".py", under=ROOT / "tests"):
        for number in CITED_BY_TEST.findall(path.read_text()):
            cited.setdefault(number, name(path))
    missing = [f"{cited[number]}: cites [I{number}], which docs/INVARIANTS.md does not have"
               for number in sorted(cited.keys() - defined, key=int)]
    unguarded = [f"docs/INVARIANTS.md: no test is tagged [I{number}]; tag the one that guards it, or write it"
                 for number in sorted(defined - cited.keys(), key=int)]
    return missing + unguarded


def links():
    for path in files(".md"):
        for target in LINK.findall(CODE.sub("", path.read_text())):
            if re.match(r"[a-z]+:|#", target):
                continue
            place = unquote(target.split("#")[0])
            base = ROOT if place.startswith("/") else path.parent
            if not (base / place.lstrip("/")).exists():
                yield f"{name(path)}: the link to {target} leads nowhere"


def quick_start():
    """The two commands are the first block of the README, in this order."""
    readme = ROOT / "README.md"
    if not readme.exists():
        return
    block = re.search(r"^```\w*\n(.*?)^```", readme.read_text(), re.MULTILINE | re.DOTALL)
    commands = re.findall(r"^(?:\$ )?(deploy/[a-z-]+)", block[1] if block else "", re.MULTILINE)
    if commands[:2] != ["deploy/quickstart", "deploy/test"]:
        yield "README.md: the first block must show deploy/quickstart, then deploy/test"


finish([*invariants(), *links(), *quick_start()])
