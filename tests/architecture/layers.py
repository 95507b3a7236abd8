"""Who may include whom, and whose third-party headers stay behind whose door."""
import re

from tree import COMPONENTS, ROOT, files, finish, name

MAY_INCLUDE = {
    "base": [],
    "ledger": ["base"],
    "schema": ["base", "ledger"],
    "journal": ["base"],
    "state": ["base", "ledger", "schema", "journal"],
    "sequencer": ["base", "ledger", "schema", "journal", "state"],
    "projector": ["base", "ledger", "schema", "journal"],
    "gateway": ["base", "ledger", "schema"],
    "json": ["base", "ledger", "schema", "gateway"],
    "proof": ["base", "schema", "journal", "json"],
    "export": ["base", "ledger", "schema", "journal", "json"],
    "backup": ["base", "journal", "json", "export"],
    "http": ["base", "ledger", "schema", "gateway", "projector", "json"],
    "bench": ["base", "ledger", "schema", "journal", "state", "sequencer", "projector", "gateway"],
    "reconcile": ["base", "ledger", "json"],
    "cli": ["base", "ledger", "schema", "journal", "state", "sequencer", "projector", "gateway", "json", "proof", "export", "backup", "reconcile", "http", "bench"],
}

# By the first parts of the header's path. None of them in a public header.
THIRD_PARTY = {
    "base": [],
    "ledger": ["tsl"],
    "schema": ["flatbuffers"],
    "journal": ["lmdb.h", "openssl", "xxhash.h", "zstd.h"],
    "state": ["xxhash.h", "spdlog", "fmt"],
    "sequencer": ["zmq.hpp", "zmq_addon.hpp", "zmq.h", "spdlog", "fmt"],
    "projector": ["lmdb.h", "zmq.hpp", "zmq.h", "spdlog", "fmt"],
    "gateway": ["zmq.hpp", "zmq_addon.hpp", "zmq.h", "openssl", "boost", "spdlog", "fmt"],
    "json": ["boost/json", "fmt"],
    "proof": [],
    "export": ["openssl"],
    "backup": [],
    "http": ["boost", "openssl", "prometheus", "spdlog", "fmt"],
    "bench": ["zmq.hpp", "zmq_addon.hpp", "zmq.h", "lmdb.h", "spdlog", "fmt", "libpq-fe.h", "boost"],
    "reconcile": ["expat.h", "openssl", "fmt"],
    "cli": ["CLI", "spdlog", "fmt"],
}

# The C++ library has no dot in its names; these are the operating system's.
SYSTEM = re.compile(r"[a-z_0-9]+$|(sys|netinet|arpa|net|linux|asm)/|"
                    r"(cpuid|dirent|fcntl|getopt|immintrin|link|netdb|poll|pthread|sched|signal|spawn|termios|ucontext|unistd|x86intrin)\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def public_headers(folder):
    """What the folder's daybook_component() lists after HEADERS."""
    build = ROOT / folder / "CMakeLists.txt"
    if not build.exists():
        return set()
    text = re.sub(r"#.*", "", build.read_text())
    lists = re.findall(r"\bHEADERS\b(.*?)(?:\b(?:SOURCES|USES|PRIVATE_USES)\b|\))", text, re.DOTALL)
    return {f"{folder}/{header}" for found in lists for header in found.split()}


def check_own(folder, file, included, public):
    target = included.split("/")[0]
    if "/" not in included or target not in COMPONENTS:
        return f'{file}: include by the path from the top folder, "{folder}/...", not "{included}"'
    if target == folder:
        return None
    if target not in MAY_INCLUDE[folder]:
        allowed = " ".join(MAY_INCLUDE[folder]) or "nothing"
        return f"{file}: {folder}/ may not include {included}; it may include: {allowed}"
    if included not in public[target]:
        return f"{file}: {included} is private to {target}/; use one of its HEADERS (CMakeLists.txt), or make it one"
    return None


def check_foreign(folder, file, included, public):
    if SYSTEM.match(included):
        return None
    if not any(included == door or included.startswith(f"{door}/") for door in THIRD_PARTY[folder]):
        return (f"{file}: {folder}/ may not include <{included}>; "
                "a new dependency needs a decision record and a line in tests/architecture/layers.py")
    if file in public[folder]:
        return f"{file}: <{included}> in a public header; forward-declare what it names, include it in the .cc"
    return None


def main():
    findings = []
    public = {folder: public_headers(folder) for folder in COMPONENTS}
    for folder in COMPONENTS:
        if not (ROOT / folder).is_dir():
            continue
        for path in files(".h", ".cc", under=ROOT / folder):
            for kind, included in INCLUDE.findall(path.read_text()):
                check = check_own if kind == '"' else check_foreign
                findings.append(check(folder, name(path), included, public))
    finish([finding for finding in findings if finding])


main()
