"""A file that has grown too long has taken on a second role."""
from tree import COMPONENTS, files, finish, name

LIMITS = {"header": 150, "source": 300, "test": 400}


def kind(path):
    top = name(path).split("/")[0]
    if top == "tests":
        return "test"
    if top not in COMPONENTS:
        return None
    return "header" if path.suffix == ".h" else "source"


def main():
    findings = []
    for path in files(".h", ".cc"):
        what = kind(path)
        lines = len(path.read_text().splitlines())
        if what and lines > LIMITS[what]:
            findings.append(f"{name(path)}: {lines} lines; a {what} has at most {LIMITS[what]}. "
                            "Find the second thing this file does and give it a file of its own name.")
    finish(findings)


main()
