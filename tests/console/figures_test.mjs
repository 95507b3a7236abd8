// The console's own reckoning, without a browser: amounts, CSV and the events of a stream.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { format_amount, format_count, format_short, parse_amount } from "../../http/console/amount.js";
import { to_csv } from "../../http/console/csv.js";
import { EventReader } from "../../http/console/stream.js";

describe("figures", () => {
  it("an amount beyond what a double can hold keeps every digit", () => {
    assert.equal(format_amount("340282366920938463463374607431768211455", 2), "3,402,823,669,209,384,634,633,746,074,317,682,114.55");
    assert.equal(format_amount("-9007199254740993", 0), "\u22129,007,199,254,740,993");
  });

  it("an amount has exactly the digits of its asset's scale", () => {
    assert.equal(format_amount("5", 2), "0.05");
    assert.equal(format_amount("-5", 8), "\u22120.00000005");
    assert.equal(format_amount("1000", 3), "1.000");
    assert.equal(format_amount("1234567", 0), "1,234,567");
    assert.equal(format_amount("-1234567", 2, { plain: true }), "-12345.67");
  });

  it("what is typed becomes minor units, or nothing when it has too many digits or is no amount", () => {
    assert.equal(parse_amount("12.5", 2), 1250n);
    assert.equal(parse_amount(" 1,234,567.89 ", 2), 123456789n);
    assert.equal(parse_amount("90071992547409.93", 2), 9007199254740993n);
    for (const wrong of ["12.345", "", ".", "1e3", "12.5 USD", "1.2.3", "0x10"]) assert.equal(parse_amount(wrong, 2), null, wrong);
  });

  it("formatting and parsing undo each other at every scale", () => {
    for (const scale of [0, 1, 2, 8, 18]) {
      for (const minor of [0n, 1n, 999n, 1000n, 10n ** 37n + 7n]) assert.equal(parse_amount(format_amount(minor, scale), scale), minor);
    }
  });

  it("rounded figures round, and keep their zeros", () => {
    assert.deepEqual([0, 7, 100, 100_000, 1_250_000, 12_345].map(format_short), ["0", "7", "100", "100k", "1.25M", "12.3k"]);
    assert.equal(format_count("1234567"), "1,234,567");
  });

  it("a cell of a CSV file is quoted where it must be, and never a formula", () => {
    assert.equal(to_csv(["a", "b"], [["x,y", 'say "hi"'], ["=1+1", "-12.50"], [undefined, "-cmd"]]),
      'a,b\r\n"x,y","say ""hi"""\r\n\'=1+1,-12.50\r\n,\'-cmd\r\n');
  });

  it("events come out whole, wherever the network cuts them", () => {
    const bytes = new TextEncoder().encode(': keep-alive\n\nid: 7\nevent: record\ndata: {"seq":"7","is":"č"}\n\nevent: skipped\ndata: {"count":"3"}\n\nid: 8\n');
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = new EventReader();
      const events = [...reader.take(bytes.slice(0, cut)), ...reader.take(bytes.slice(cut))];
      assert.deepEqual(events, [{ id: "7", event: "record", data: '{"seq":"7","is":"č"}' }, { id: "", event: "skipped", data: '{"count":"3"}' }]);
    }
  });
});
