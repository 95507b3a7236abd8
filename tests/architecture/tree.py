"""What the architecture tests share: the sources, and how a test reports."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPONENTS = ["base", "ledger", "schema", "journal", "state", "sequencer", "projector", "gateway", "json", "proof", "export", "backup", "reconcile", "http",
              "cli", "bench"]
NOT_OURS = {"build", ".git", ".cache", "__pycache__", "daybook-data", "node_modules"}


def files(*suffixes, under=ROOT):
    """Every file of the project with one of these suffixes (all, if none is given), sorted."""
    for path in sorted(under.iterdir()):
        if path.name in NOT_OURS:
            continue
        if path.is_dir():
            yield from files(*suffixes, under=path)
        elif path.is_file() and (not suffixes or path.suffix in suffixes):
            yield path


def name(path):
    return str(path.relative_to(ROOT))


def finish(findings):
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)
