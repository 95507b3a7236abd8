// Says in words and figures what a journal record did: the records of /v1/journal and /v1/stream.
import { format_amount } from "./amount.js";
import { h } from "./dom.js";
import { moment } from "./moment.js";
import { account_link, entry_link, words } from "./pieces.js";

export const recorded_at = (record) => record.block.stamp;

export function record_time(record, options) {
  return moment(recorded_at(record), options);
}

/** What the command states to be debited and credited: { account?, account_number?, side, amount?, asset?, scale? }. */
export function postings_of({ kind, command, touches }) {
  const called = new Map(touches.flatMap((touch) => [[touch.account_number, touch], [touch.account, touch]]));
  const posting = (account, account_number, side) => {
    const touch = called.get(account ?? account_number) ?? {};
    return { account: account ?? touch.account, account_number, side, amount: command.amount, asset: touch.asset, scale: touch.scale };
  };
  switch (kind) {
    case "transfer":
      return [posting(command.debit_account, command.debit_account_number, "debit"), posting(command.credit_account, command.credit_account_number, "credit")];
    case "place_hold":
      return [posting(command.debit, command.debit_number, "debit"), posting(command.credit, command.credit_number, "credit")];
    case "post_entry":
      return command.postings.map((stated) => ({ ...posting(stated.account, stated.account_number, stated.side), amount: stated.amount }));
    default:
      return [];
  }
}

const named = ({ account, account_number }) => (account ? account_link(account) : h("span.faint", `no. ${account_number}`));

function side_list(postings) {
  const [first, second, ...others] = postings;
  if (!first) return h("span.faint", "–");
  if (others.length) return [named(first), h("span.faint", ` and ${others.length + 1} more`)];
  return [named(first), second && [", ", named(second)]];
}

/** What was debited, an arrow, what was credited; or what else the record is about. */
export function summary(record) {
  const { kind, command } = record;
  const postings = postings_of(record);
  if (postings.length) {
    const on = (side) => side_list(postings.filter((posting) => posting.side === side));
    return [on("debit"), h("span.faint", " → "), on("credit")];
  }
  switch (kind) {
    case "define_asset": return [command.code, h("span.faint", `, scale ${command.scale}`)];
    case "open_account": return [record.outcome === "accepted" ? account_link(command.code) : command.code, h("span.faint", `, ${command.type} in ${command.asset}`)];
    case "capture_hold":
    case "release_hold":
    case "expire_hold": return ["hold ", entry_link(command.hold)];
    case "reverse_entry": return ["entry ", entry_link(command.entry)];
    case "set_account_state": return [named(command), `, ${words(command.state)}`];
    case "set_limits": return named(command);
    case "atomic": return `${command.commands.length} commands`;
    default: return "";
  }
}

/** The debits of a record in one asset: { amount, asset, scale }; null where there is no such figure. */
export function total_of(record) {
  const debits = postings_of(record).filter((posting) => posting.side === "debit" && posting.amount !== undefined);
  const [first] = debits;
  if (!first || first.scale === undefined || debits.some(({ asset }) => asset !== first.asset)) return null;
  return { amount: debits.reduce((sum, posting) => sum + BigInt(posting.amount), 0n), asset: first.asset, scale: first.scale };
}

export function figure(record) {
  const total = total_of(record);
  return total && [format_amount(total.amount, total.scale), h("span.faint", `\u00a0${total.asset}`)];
}
