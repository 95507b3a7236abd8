// The lines of a page as a CSV file (RFC 4180).
import { button } from "./dom.js";

// A cell that a spreadsheet would take for a formula gets an apostrophe; figures keep their sign.
function cell(value) {
  let text = value === null || value === undefined ? "" : String(value);
  if (/^[=+@\t\r]/.test(text) || (/^-/.test(text) && !/^-[\d.]+$/.test(text))) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function to_csv(columns, rows) {
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function csv_button(name, columns, make_rows) {
  return button("CSV", () => {
    const address = URL.createObjectURL(new Blob([to_csv(columns, make_rows())], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${name.replaceAll(/[^\w.-]+/g, "_")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }, { glyph: "download", title: "Save the lines on this page as CSV" });
}
