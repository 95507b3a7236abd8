"""Whatever says where the chain stood is an anchor: what verify and tail print, proofs, heads as text."""
import json

from command_line import Place, Server, ok, ok_json, run


def expect(code, words, *arguments):
    done = run(*arguments)
    assert done.returncode == code and words in done.stdout + done.stderr, done


def heads(place):
    """The same head in every form that there is, and an earlier one."""
    (place.path / "verify.json").write_text(ok("verify", "--json", "--data", place.data))
    found = json.loads((place.path / "verify.json").read_text())
    (place.path / "tail.json").write_text(ok("tail", "--json", "--last", "1", "--data", place.data))
    (place.path / "proof.json").write_text(ok("prove", "1", "--data", place.data))
    return found["chain_head"], f"{found['head_seq']}:{found['chain_head']}", *(
        place.path / name for name in ("verify.json", "tail.json", "proof.json"))


def proofs(place, old, new):
    text = ok("prove", "--extends", old, "--data", place.data)
    (place.path / "since.json").write_text(text)
    proven = ok_json("check-proof", place.path / "since.json", "--from", old, "--head", new)
    assert proven["is_proven"] and proven["kind"] == "consistency", proven
    expect(1, "NOT PROVEN", "check-proof", place.path / "since.json", "--from", new)
    (place.path / "one.json").write_text(ok("prove", "2", "--head", old, "--data", place.data))
    proven = ok_json("check-proof", place.path / "one.json", "--head", old)
    assert proven["record"]["command"]["code"] == "users:alice", proven
    expect(1, "NOT PROVEN", "check-proof", place.path / "one.json", "--head", new)
    expect(0, "compare it", "check-proof", place.path / "one.json")
    (place.path / "turned.json").write_text(text.replace("consistency", "consistencz"))
    expect(65, "not a proof", "check-proof", place.path / "turned.json")
    expect(65, "changed", "check-proof", place.write("spaced.json", text + " "))


def refusals(place, new):
    expect(66, "no anchor", "verify", "--data", place.data, "--anchor", place.path / "missing")
    expect(65, "no head of a chain", "verify", "--data", place.data, "--anchor", place.write("other.json", "{}"))
    expect(64, "--extends", "prove", "--data", place.data)
    expect(64, "SEQ:HASH", "prove", "--extends", "0" * 64, "--data", place.data)
    expect(66, "does not have seq 99", "prove", "99", "--data", place.data)
    expect(76, "was changed", "prove", "--extends", new.split(":")[0] + ":" + "0" * 64, "--data", place.data)
    expect(64, "--from", "check-proof", place.path / "one.json", "--from", new)
    expect(66, "prove", "check-proof", place.path / "missing")


with Place() as at:
    at.write = lambda name, text: (at.path / name).write_text(text) and at.path / name
    with Server(at) as serving:
        ok("asset", "define", "USD", "--connect", serving.listen)
        ok("account", "open", "users:alice", "--asset", "USD", "--connect", serving.listen)
        kept = heads(at)
        ok("account", "open", "users:bob", "--asset", "USD", "--connect", serving.listen)
        result = ok_json("verify", "--data", at.data, *(word for head in kept for word in ("--anchor", head)))
        assert result["is_clean"] and result["anchors_held"] == str(len(kept)), result
        newest = ok_json("verify", "--data", at.data)
        latest = f"{newest['head_seq']}:{newest['chain_head']}"
        proofs(at, kept[1], latest)
        refusals(at, latest)
    expect(1, "before anchor", "verify", "--data", at.data, "--anchor", "99:" + "0" * 64)
