"""An endpoint has one process and one role: whoever comes second is refused, and takes nothing away."""
import signal

from command_line import Place, Server, ok, run


def serve(place, name, **endpoints):
    chosen = {"listen": f"ipc://{place.path}/{name}_commands", "feed": "", "query": "", **endpoints}
    options = [part for option, endpoint in chosen.items() for part in (f"--{option}", endpoint)]
    return run("serve", "--data", place.path / name, *options)


with Place() as at:
    with Server(at) as server:
        for role in ("listen", "feed", "query"):
            for endpoint in (at.listen, at.feed, at.query):
                done = serve(at, "second", **{role: endpoint})
                assert done.returncode == 75 and f"'{endpoint}' is in use by another process" in done.stderr, done
                assert f"--{role}" in done.stderr and done.stderr.count("\n") == 1, done.stderr
        for role, listen in (("sequencer", "--listen"), ("projector", "--query")):
            done = run(role, "--data", at.data, listen, at.query)
            assert done.returncode == 75 and "is in use by another process" in done.stderr, done
        assert not (at.path / "second").exists(), "what cannot be served makes no book"
        assert server.is_alive()
        ok("status", "--query", at.query)

        # The other endpoint of the right server is told from another book.
        for command in (["status", "--query", at.listen], ["balance", "bank", "--query", at.listen],
                        ["info", "--connect", at.query], ["tail", "--query", at.listen],
                        ["post", "--debit", "a", "--credit", "b", "--amount", 1, "--minor", "--connect", at.query]):
            done = run(*command)
            assert done.returncode == 64 and "does not take" in done.stderr, done
            assert "other_book" not in done.stderr and done.stdout == "", done

    for same in ({"feed": "X"}, {"query": "X"}, {"feed": "tcp://127.0.0.1:1", "query": "tcp://127.0.0.1:1"}):
        stated = {option: value.replace("X", f"ipc://{at.path}/third_commands") for option, value in same.items()}
        done = serve(at, "third", **stated)
        assert done.returncode == 64 and "give each an endpoint of its own" in done.stderr, done
        assert done.stderr.count("\n") == 1, done.stderr

    # A process that was killed leaves the socket and the lock's file, and nothing is in use.
    with Server(at) as server:
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(30)
        with Server(at) as again:
            assert again.is_alive()
            server.process = again.process
    with Server(at) as server:
        assert server.is_alive()
