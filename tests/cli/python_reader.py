"""The example of a reader in another language agrees with `daybook balance` while the ledger runs, and is not misled."""
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))

from lmdb_file import LmdbFile  # noqa: E402
from command_line import Place, Server, ok, ok_json  # noqa: E402

READER = Path(sys.argv[2])
# Debian's own, which python3-lmdb is for.
PYTHON = "/usr/bin/python3"

def read(directory, account):
    return subprocess.run([PYTHON, "-B", READER, str(directory), account], capture_output=True, text=True, check=False)

def agree(at, account):
    done = read(at.data / "projection", account)
    assert done.returncode == 0, done.stderr
    seen = ok_json("balance", account, "--data", at.data)
    scale = seen["scale"]
    sign = "-" if seen["posted"].startswith("-") else ""
    digits = seen["posted"].lstrip("-").rjust(scale + 1, "0")
    posted = sign + digits[:-scale] + "." + digits[-scale:]
    assert done.stdout.startswith(f"{account} {posted} {seen['asset']}, available "), (done.stdout, seen)
    assert done.stdout.endswith(f"as of seq {seen['as_of_seq']}\n"), (done.stdout, seen)
    return done.stdout

assert len(READER.read_text().splitlines()) <= 40, "the example is to stay short"
with Place() as here:
    with Server(here) as server:
        to = ("--connect", server.listen)
        ok("asset", "define", "USD", "--scale", 2, *to)
        ok("asset", "define", "BTC", "--scale", 8, *to)
        ok("account", "open", "bank:cash", "--asset", "USD", "--type", "asset", *to)
        ok("account", "open", "users:alice", "--asset", "USD", *to)
        ok("account", "open", "users:bits", "--asset", "BTC", *to)
        ok("post", "--debit", "bank:cash", "--credit", "users:alice", "--amount", "12.05", *to)
        ok("hold", "place", "--debit", "users:alice", "--credit", "bank:cash", "--amount", "3", *to)
        ok("post", "--debit", "users:alice", "--credit", "bank:cash", "--amount", "20", *to)
        ok("balance", "--data", here.data, "--min-seq", 8)
        assert agree(here, "users:alice") == "users:alice -7.95 USD, available -10.95, as of seq 8\n"
        agree(here, "bank:cash")
        assert read(here.data / "projection", "users:bits").stdout == \
            "users:bits 0.00000000 BTC, available 0.00000000, as of seq 8\n"
        missing = read(here.data / "projection", "users:nobody")
        assert missing.returncode == 1 and "no account 'users:nobody' up to seq 8" in missing.stderr
        assert server.is_alive()

    # Each bit of each row that it reads; of what it then says nothing is wrong.
    path = here.data / "projection/data.mdb"
    good = read(here.data / "projection", "users:alice").stdout
    whole = path.read_bytes()
    file = LmdbFile(whole)
    told = 0
    for database in ("meta", "assets", "accounts", "codes", "balances", "groups"):
        for found in file.values(file.database(database)):
            at = found.at + random.randrange(len(found.value))
            with open(path, "r+b") as damaged:
                damaged.seek(at)
                damaged.write(bytes([whole[at] ^ 1 << random.randrange(8)]))
            said = read(here.data / "projection", "users:alice")
            assert said.stdout in ("", good) and (said.returncode == 0) == bool(said.stdout), (database, at, said)
            told += "damaged" in said.stderr or "format version" in said.stderr
            with open(path, "r+b") as mended:
                mended.seek(at)
                mended.write(whole[at:at + 1])
    assert told >= 6, told
