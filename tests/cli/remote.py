"""Reading from a server without its files: status, balances and the tail, also while the server is away."""
import json
import subprocess

from command_line import Place, Server, ok, ok_json, run, start


def post(server, amount, account="users:alice", code=0):
    done = run("post", "--debit", "bank", "--credit", account, "--amount", amount, "--connect", server.listen)
    assert done.returncode == code, done


def lines_until(process, count):
    return [json.loads(process.stdout.readline()) for _ in range(count)]


with Place() as place:
    query = ("--query", place.query)
    with Server(place) as server:
        to = ("--connect", server.listen)
        ok("asset", "define", "USD", "--scale", 2, *to)
        ok("account", "open", "bank", "--asset", "USD", "--type", "asset", *to)
        ok("account", "open", "users:alice", "--asset", "USD", *to)
        post(server, "12.50")

        texts = [ok("balance", "users:alice", "bank", *where, "--min-seq", 4, "--json")
                 for where in (query, ("--data", place.data))]
        assert texts[0] == texts[1], texts
        assert '"posted":"1250"' in texts[0], texts[0]
        unknown = run("balance", "nobody", *query)
        assert unknown.returncode == 66 and "up to seq 4" in unknown.stderr, unknown
        early = run("balance", "bank", *query, "--min-seq", 9, "--wait", 50)
        assert early.returncode == 75 and "at seq 4, before 9" in early.stderr, early

        status = ok_json("status", *query)
        assert (status["head_seq"], status["watermark_seq"], status["lag_records"]) == ("4", "4", "0"), status
        assert (status["accepted"], status["rejected"], status["accounts"], status["assets"]) == ("4", {}, "2", "1"), status
        assert sum(block["records"] for block in status["blocks"]) == 4, status

        assert ok("tail", *query, "--json") == ok("tail", "--data", place.data, "--json")
        assert ok("tail", *query, "--last", 2, "--json").count("\n") == 2
        for where in (query, ("--data", place.data)):
            some = ok("tail", *where, "--account-prefix", "users", "--json").splitlines()
            assert [json.loads(line)["seq"] for line in some] == ["3", "4"], some
        assert run("tail", *query, "--account-prefix", "a::b").returncode == 64

        remote = start("tail", *query, "--connect-feed", place.feed, "--follow", "--json", stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
        local = start("tail", "--data", place.data, "--connect-feed", place.feed, "--follow", "--json", "--from-seq", 4,
                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert [line["seq"] for line in lines_until(remote, 4)] == ["1", "2", "3", "4"]
        assert [line["seq"] for line in lines_until(local, 1)] == ["4"]
        post(server, "1")
        assert lines_until(remote, 1) == lines_until(local, 1)

    gone = run("status", *query, "--wait", 200)
    assert gone.returncode == 69 and "is `daybook serve`" in gone.stderr, gone
    away = remote.stderr.readline()
    assert "no answer from the query endpoint" in away or "feed is not connected" in away, away
    with Server(place) as server:
        post(server, "2")
        assert [line["seq"] for line in lines_until(remote, 1)] == ["6"]
        assert [line["seq"] for line in lines_until(local, 1)] == ["6"]
        post(server, "1", "bank", 1)
        ok("balance", "bank", *query, "--min-seq", 7)
        status = ok_json("status", *query)
        assert (status["accepted"], status["rejected"]) == ("6", {"same_account": "1"}), status
        text = ok("status", *query)
        assert "6 accepted, 1 rejected: same_account 1" in text and "assets 1, accounts 2" in text, text
        for process in (remote, local):
            process.terminate()
            said = process.communicate(timeout=60)[1]
            assert process.returncode == 0, said
        assert "the feed is not connected" in said, said
