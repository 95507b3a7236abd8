"""What an interrupted backup left is removed by the next one; what somebody else put beside it is not."""
from books import Place, Server, back_up, load, make_backup, ok_json

LEFT = ("000000000123-000000000045.segment", "000000000123-000000000045.segment.partial", "manifest.json.partial")
OTHERS = ("notes.partial", "holiday.segment", "old-000000000001.segment", "1-2.segment", "000000000123-000000000045",
          "000000000123-000000000045.segment.bak", "manifest.json.bak", "000000000123_000000000045.segment")

with Place() as at:
    backup, _ = make_backup(at, rounds=1)
    with Server(at) as server:
        load(server, transfers=3000)
    for name in LEFT + OTHERS:
        (backup / name).write_text(name)
    assert back_up(at.data, backup)["segments_added"] == "1"
    names = {segment["name"] for segment in ok_json("verify-backup", backup, "--list")["segments"]} | {"manifest.json"}
    assert {path.name for path in backup.iterdir()} == names | set(OTHERS), list(backup.iterdir())
    assert all((backup / name).read_text() == name for name in OTHERS)
