"""Bad calls, from the outside: the exit code of each, one line that names the remedy, the server alive."""
import shutil
import signal
import socket
import subprocess
import time

from command_line import BINARY, Place, Server, ok, run, start


def expect(code, words, *arguments):
    done = run(*arguments)
    what = f"daybook {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}"
    assert done.returncode == code, f"exit code {done.returncode} instead of {code}: {what}"
    assert words in done.stderr, f"'{words}' is not in: {what}"
    lines = [line for line in done.stderr.splitlines() if line.startswith("daybook: ")]
    assert code == 64 or len(lines) == 1, f"not one line of error: {what}"


def usage(place):
    expect(64, "--nope", "balance", "--nope")
    expect(64, "subcommand", *[])
    expect(64, "excludes", "tail", "--last", 3, "--from-seq", 3)
    expect(64, "--from-seq", "tail", "--from-seq", 0)
    expect(64, "FILE", "import", "czech-bank")
    # A shell variable that is not set is not an option that is not given.
    expect(64, "--key", "outcome", "--key", "")
    expect(64, "--amounts", "reverse", 7, "--amounts", "")
    expect(64, "--expires-in", "hold", "place", "--debit", "a", "--credit", "b", "--amount", 1, "--expires-in", "")
    expect(64, "--rate", "post", "--debit", "a", "--credit", "b", "--amount", 1, "--rate", "")
    expect(64, "whole number", "tail", "--last", -1)
    expect(64, "whole number", "asset", "define", "X", "--scale", "0x2")
    # Every try would be another command under the same key.
    expect(64, "excludes", "hold", "place", "--debit", "a", "--credit", "b", "--amount", 1, "--expires-in", "7d",
           "--key", "k")


def benches(place):
    """Nothing is started and nothing is left behind."""
    here = ("--dir", place.path)
    before = sorted(place.path.iterdir())
    expect(64, "--batch", "bench", "transfers", "--batch", 8191, *here)
    expect(64, "zipf", "bench", "transfers", "--distribution", "normal", *here)
    expect(64, "--rate", "bench", "transfers", "--clients", 4, "--rate", 5, *here)
    expect(64, "--window", "bench", "transfers", "--window", 33, *here)
    expect(64, "--few", "bench", "contention", "--few", 1, *here)
    expect(64, "--share", "bench", "holds", "--share", 101, *here)
    expect(64, "excludes", "bench", "sustained", "--minutes", 1, "--until-gigabytes", 1, *here)
    expect(64, "batches-1m", "bench", "table", "--only", "nothing", *here)
    for asked in (["transfers", "--transfers", 10**12], ["sustained", "--minutes", 10**7], ["reads", "--records", 10**12],
                  ["recovery", "--transfers", 10**12], ["crossfire", "--commands", 10**12], ["keys", "--keys", 10**13]):
        expect(73, "no room", "bench", *asked, *here)
    expect(73, "--dir", "bench", "holds", "--dir", place.path / "missing")
    assert sorted(place.path.iterdir()) == before


def unwritable(place, server):
    """Where the output goes: a full device is told, closed descriptors are not given to data files."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        for arguments in (["trial-balance", "--data", place.data], ["verify", "--data", place.data],
                          ["info", "--connect", server.listen]):
            process = start(*arguments, stdout=full, stderr=subprocess.PIPE)
            assert "cannot write the output" in process.communicate()[1]
            assert process.returncode == 73, arguments
    closed = subprocess.run(["bash", "-c", '"$0" serve --data "$1" --listen "$2" --feed "" --query "" <&- >&- 2>&- & '
                             'pid=$!; sleep 1; readlink /proc/$pid/fd/0 /proc/$pid/fd/1 /proc/$pid/fd/2; kill $pid; wait',
                             BINARY, str(place.path / "closed"), f"ipc://{place.path}/closed_commands"],
                            capture_output=True, text=True, check=False)
    assert closed.stdout.splitlines() == ["/dev/null"] * 3, closed.stdout


def unknown_units(place, server):
    """Amounts of accounts that are not there are not guessed; in minor units the ledger answers."""
    stated = ["post", "--debit", "users:nobody", "--credit", "users:alice", "--amount", "1.50", "--connect",
              server.listen]
    expect(66, "users:nobody", *stated)
    done = run(*stated[:-3], "150", "--minor", *stated[-2:])
    assert done.returncode == 1 and "account_not_found" in done.stdout, done.stdout + done.stderr


def nothing_there(place):
    missing = place.path / "missing"
    expect(66, "no journal", "tail", "--data", missing)
    expect(66, "no journal", "verify", "--data", missing)
    expect(66, "projection", "balance", "--data", missing)
    expect(66, "no file", "import", "czech-bank", missing)
    expect(69, "ipc://", "info", "--connect", f"ipc://{place.path}/nobody")


def wrong_files(place, server):
    head = ok("info", "--connect", server.listen)
    wrong = place.path / "wrong.csv"
    header = "trans_id;account_id;date;type;operation;amount;balance;k_symbol;bank;account\n"
    for text, words in [("name,amount\nx,1\n", "line 1, column 1"), ("", "line 1, column 1"),
                        (header + "1;1;930101;PRIJEM;VKLAD;7.00;7;;;\n2;1;930101;PRIJEM;VKLAD;1.005;7;;;\n",
                         "line 3, column 6 (amount)"),
                        (header + '1;1;"930101', "the quoted field does not end")]:
        wrong.write_text(text)
        expect(65, words, "import", "czech-bank", wrong, "--connect", server.listen)
        expect(65, "nothing was sent", "import", "czech-bank", wrong, "--connect", server.listen)
    assert ok("info", "--connect", server.listen) == head, "a wrong file changed the book"


def busy(place, server):
    expect(75, "", "serve", "--data", place.data, "--listen", f"ipc://{place.path}/other", "--query", "")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        endpoint = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        expect(75, endpoint, "serve", "--data", place.path / "new", "--listen", endpoint, "--feed", "", "--query", "")
    assert server.is_alive()


def foreign(place):
    directory = place.path / "foreign"
    directory.mkdir(mode=0o700)
    (directory / "notes.txt").write_text("mine")
    expect(76, "notes.txt", "serve", "--data", directory)
    assert [path.name for path in directory.iterdir()] == ["notes.txt"]


def damaged(place):
    """After the server has ended: the journal cut short, which can't be read, and with a byte turned in a record."""
    for name, damage in [("cut", cut), ("turned", turn)]:
        copy = place.path / name
        shutil.copytree(place.data, copy)
        damage(copy / "journal" / "data.mdb")
    expect(76, "", "verify", "--data", place.path / "cut")
    turned = run("verify", "--json", "--data", place.path / "turned")
    assert turned.returncode == 1 and '"finding":{"seq":"2","what":"block 2: the record at Seq 2' in turned.stdout, turned
    expect(76, "", "tail", "--json", "--data", place.path / "cut")
    expect(76, "", "serve", "--data", place.path / "cut", "--listen", place.listen, "--feed", place.feed, "--query", "")


def cut(path):
    with open(path, "r+b") as file:
        file.truncate(3 * 4096)


def turn(path):
    data = path.read_bytes()
    turned = data.replace(b"users:alice", b"users:blice")  # also where it is of a page no longer in use
    assert turned != data
    path.write_bytes(turned)


def ends_cleanly(place):
    """A reader that goes away and Ctrl-C are no errors."""
    tail = start("tail", "--json", "--follow", "--data", place.data, stdout=subprocess.PIPE)
    assert tail.stdout.readline().startswith('{"seq":"1",')
    tail.send_signal(signal.SIGINT)
    assert tail.wait(10) == 0
    tail.stdout.close()
    shell = subprocess.run(["bash", "-c", 'set -o pipefail; "$0" tail --json --data "$1" | head -1',
                            tail.args[0], str(place.data)], capture_output=True, check=False)
    assert shell.returncode == 0, shell.stderr


def follows(place, server):
    tail = start("tail", "--follow", "--last", 1, "--data", place.data, stdout=subprocess.PIPE)
    assert "users:alice" in tail.stdout.readline()
    time.sleep(0.1)
    ok("account", "open", "users:bob", "--asset", "USD", "--connect", server.listen)
    assert "users:bob" in tail.stdout.readline()
    tail.terminate()
    assert tail.wait(10) == 0
    tail.stdout.close()


with Place() as at:
    usage(at)
    benches(at)
    nothing_there(at)
    foreign(at)
    with Server(at) as serving:
        ok("asset", "define", "USD", "--connect", serving.listen)
        ok("account", "open", "users:alice", "--asset", "USD", "--connect", serving.listen)
        wrong_files(at, serving)
        busy(at, serving)
        unwritable(at, serving)
        unknown_units(at, serving)
        follows(at, serving)
        ends_cleanly(at)
        assert serving.is_alive()
    ok("verify", "--data", at.data)
    damaged(at)
