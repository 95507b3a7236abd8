"""A projection that is deleted, moved or replaced under a running server is built again, without a restart."""
import shutil
import time

from command_line import Place, Server, ok, ok_json, run


def comes_back(place, seq, posted):
    deadline = time.monotonic() + 60
    while True:
        done = run("balance", "users:alice", "--data", place.data, "--min-seq", seq, "--json")
        if done.returncode == 0:
            break
        assert done.returncode in (66, 75) and time.monotonic() < deadline, done
    assert f'"posted":"{posted}00"' in done.stdout, done.stdout
    asked = ok_json("balance", "users:alice", "--query", place.query, "--min-seq", seq)
    assert asked["posted"] == f"{posted}00", asked


with Place() as at:
    with Server(at) as server:
        to = ("--connect", server.listen)
        ok("asset", "define", "USD", *to)
        ok("account", "open", "bank", "--asset", "USD", "--type", "asset", *to)
        ok("account", "open", "users:alice", "--asset", "USD", *to)
        projection = at.data / "projection"
        older = at.path / "older"
        for number, remove in enumerate((lambda: shutil.rmtree(projection),
                                         lambda: projection.rename(at.path / "moved"),
                                         lambda: (shutil.copytree(projection, older), shutil.rmtree(projection),
                                                  shutil.copytree(older, projection)))):
            ok("post", "--debit", "bank", "--credit", "users:alice", "--amount", 1, *to)
            comes_back(at, 4 + 2 * number, 1 + 2 * number)
            remove()
            ok("post", "--debit", "bank", "--credit", "users:alice", "--amount", 1, *to)
            comes_back(at, 5 + 2 * number, 2 + 2 * number)
        assert server.is_alive()
    assert ok_json("verify", "--data", at.data)["projection"] == "equal"
