"""Archived or not, every reader sees the same records: exports, statements, balances of the past, records, proofs,
verification, what-if; a projection and a snapshot made anew; receipts, reversals and captures of what was archived.
[I21]"""
import json
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile

from views import differing, everything, of_records, verified

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cli"))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "oracle"))

from command_line import Place, Server, ok, ok_json, run  # noqa: E402

RANDOM_STREAMS = sys.argv[2]
SECOND_VERIFIER = pathlib.Path(__file__).parents[1] / "oracle" / "second_verifier.py"


def archive(data, *how):
    return ok_json("archive", "--data", data, *how)


def random_book(directory, seed, commands):
    subprocess.run([RANDOM_STREAMS, str(seed), "1", str(commands), directory, "keep"], check=True)
    return directory / "data"


def check_files(data):
    folder = data / "archive"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} <= {0o600}
    assert all(path.suffix == ".segment" for path in folder.iterdir()), list(folder.iterdir())


def at_several_points(directory):
    """A book of every kind of command, archived piece by piece."""
    data = random_book(directory, 200, 700)
    before = everything(data, directory)
    head = int(before["verify"]["head_seq"])
    archived_to = 0
    for how in (("--to-seq", 1), ("--to-seq", head // 4), ("--to-seq", head // 4), ("--keep", head // 3),
                ("--before", "1971-01-01"), ("--keep", 0), ("--to-seq", 10**12)):
        done = archive(data, *how)
        is_more = int(done["archived_to_seq"]) > archived_to
        assert is_more == (done["blocks"] != "0"), (how, done)
        assert int(done["archived_to_seq"]) < head, done
        archived_to = int(done["archived_to_seq"])
        check_files(data)
        found = differing(before, everything(data, directory))
        assert not found, f"after archive {how}: {found}"
    listed = [json.loads(line) for line in ok("archive", "--data", data, "--list", "--json").splitlines()]
    assert [line["first_seq"] for line in listed][0] == "1" and listed[-1]["last_seq"] == str(archived_to)
    assert sum(int(line["blocks"]) for line in listed) == int(before["verify"]["blocks"]) - 1
    return data, before


def made_anew(data, before, scratch):
    """Projection and snapshot are folded from Seq 1 through the archive; a server answers what files said."""
    for name in ("projection", "state"):
        shutil.rmtree(data / name, ignore_errors=True)
    at = Place()
    with at:
        at.data = data
        with Server(at):
            assert ok("tail", "--query", at.query, "--json", "--from-seq", 1) == before["tail"]
            done = run("archive", "--data", data, "--keep", 0)
            assert done.returncode == 75 and "stop it first" in done.stderr, done
    found = differing(before, {**everything(data, scratch)})
    assert not found, found
    assert (data / "state").exists()


def second_opinion(data, scratch):
    with open(scratch / "verify", "w") as output:
        output.write(ok("verify", "--json", "--data", data))
    done = subprocess.run([sys.executable, "-B", SECOND_VERIFIER, data / "journal", "--json", "--verify", scratch / "verify"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["archived_blocks"] != "0", done.stdout


def post(server, key, *more):
    return run("post", "--connect", server.listen, "--json", "--key", key, "--debit", "bank:cash", "--credit", "users:alice",
               "--amount", "5.00", *more)


def receipt(done):
    fields = json.loads(done.stdout)
    return {name: value for name, value in fields.items() if name != "replayed"}, fields.get("replayed", False)


def of_the_sequencer():
    """What it looks up of the past: keys, references, entries that are reversed, holds."""
    with Place() as at:
        with Server(at) as server:
            def do(*arguments):
                return ok_json(*arguments, "--connect", server.listen)
            do("asset", "define", "USD", "--scale", 2)
            do("account", "open", "bank:cash", "--asset", "USD", "--type", "asset")
            do("account", "open", "users:alice", "--asset", "USD", "--min", 0)
            first = receipt(post(server, "first", "--reference", "order-1", "--unique-reference"))
            entry = do("post", "--debit", "bank:cash", "--credit", "users:alice", "--amount", "7.00", "--key", "second")["seq"]
            held = do("hold", "place", "--debit", "users:alice", "--credit", "bank:cash", "--amount", "3.00")["seq"]
            done = post(server, "third", "--require", "users:alice,posted,gt,1000")
            assert done.returncode == 1, done
            rejected = receipt(done)
            last = do("post", "--debit", "bank:cash", "--credit", "users:alice", "--amount", "1.00", "--key", "last")["seq"]
        done = archive(at.data, "--keep", 0)
        assert int(done["archived_to_seq"]) == int(last) - 1, done
        for how in ("with its snapshot", "without it"):
            with Server(at) as server:
                again = receipt(post(server, "first", "--reference", "order-1", "--unique-reference"))
                assert again == (first[0], True), (how, again, first)
                assert receipt(post(server, "third", "--require", "users:alice,posted,gt,1000")) == (rejected[0], True), how
                outcome = ok_json("outcome", "--key", "second", "--connect", server.listen)
                assert outcome["seq"] == entry, outcome
                taken = run("post", "--connect", server.listen, "--json", "--debit", "bank:cash", "--credit", "users:alice",
                            "--amount", "1.00", "--reference", "order-1", "--unique-reference")
                assert json.loads(taken.stdout)["code"] == "reference_exists", taken
                if how == "with its snapshot":
                    ok("reverse", entry, "--amounts", "2.00,2.00", "--connect", server.listen, "--data", at.data)
                    ok("hold", "capture", held, "--amount", "1.00", "--connect", server.listen, "--data", at.data)
                else:
                    ok("reverse", entry, "--connect", server.listen, "--data", at.data)
                    released = run("hold", "release", held, "--connect", server.listen, "--json")
                    assert released.returncode == 0, released
            assert verified(at.data)["projection"] == "equal"
            shutil.rmtree(at.data / "state")
            archive(at.data, "--keep", 1)
        assert run("what-if", "--data", at.data).returncode == 0


def main():
    with tempfile.TemporaryDirectory(prefix="daybook-archive-") as name:
        directory = pathlib.Path(name)
        data, before = at_several_points(directory)
        second_opinion(data, directory)
        made_anew(data, before, directory)
        assert of_records(data, int(before["verify"]["head_seq"])) == {
            name: text for name, text in before.items() if str(name).startswith(("tail", "entry", "proof"))}
    of_the_sequencer()


main()
