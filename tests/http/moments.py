"""Figures as of a moment, and statements between two."""
import time
import urllib.parse


def moment(block, nanoseconds=0):
    """When a block was decided, so many nanoseconds later; as a parameter of an address."""
    whole = int(block["stamp_ns"]) + nanoseconds
    return urllib.parse.quote(f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole // 10 ** 9))}.{whole % 10 ** 9:09}Z")


def as_of_times(server, first_entry):
    """What is asked as of a moment is what was recorded by then, to the nanosecond if it is stated so; statements begin after theirs."""
    def figures(at):
        trial = server.get(f"/v1/trial-balance?as_of_time={at}").json()
        usd = [line for line in trial["data"] if line["asset"] == "USD"]
        return server.get(f"/v1/accounts/users:alice/balance?as_of_time={at}").json()["balance"], usd[0]["debits"], usd[0]["credits"], trial["is_balanced"]

    def seqs(query):
        page = server.get(f"/v1/accounts/users:alice/entries?limit=1000&{query}").json()
        return [int(line["seq"]) for line in page["data"]], page["opening"]["balance"], page["closing"]["balance"]

    def block_of(seq):
        return server.get(f"/v1/journal/{seq}").json()["block"]

    stamp = block_of(first_entry)
    assert figures(moment(stamp)) == ("10000", "10000", "10000", True), figures(moment(stamp))
    assert figures(moment(stamp, -1)) == ("0", "0", "0", True), figures(moment(stamp, -1))
    # What an answer tells is cut to the microsecond: whoever asks as of that moment gets what is shown with it.
    recorded_at = server.get(f"/v1/entries/{first_entry}").json()["recorded_at"]
    assert figures(urllib.parse.quote(recorded_at))[0] == "10000", (recorded_at, stamp)
    assert figures("2099-01-01T00%3A00%3A00Z") == figures(moment(server.get("/v1/journal/head").json()["block"]))

    every, opening, closing = seqs("")
    first = int(first_entry)
    assert opening == "0" and every[-1] == first and len(every) > 3, every
    third = every[-3]
    at = block_of(third)
    assert seqs(f"to_time={moment(at)}")[0] == every[-3:] and seqs(f"to_time={moment(at, -1)}")[0] == every[-2:]
    assert seqs(f"from_time={moment(at)}")[0] == every[:-3] and seqs(f"from_time={moment(at, -1)}")[0] == every[:-2]
    between = seqs(f"from_time={moment(stamp)}&to_time={moment(at)}")
    balance_then = server.get(f"/v1/accounts/users:alice/balance?as_of_seq={third}").json()["balance"]
    assert between == (every[-3:-1], "10000", balance_then), (between, balance_then)
    assert seqs(f"from_time={moment(stamp, -1)}") == (every, "0", closing)
    assert seqs(f"to_time={moment(stamp, -1)}")[0] == []
