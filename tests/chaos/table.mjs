// Rows of a figure and a name; a figure that must be 0 and is not has its reasons below it.
const REASONS = 5;
/** A reason may hold a whole answer. */
const LONGEST = 400;

/** One row; `reasons` are given where the figure must be 0. */
export const row = (name, figure, reasons) => ({ name, figure, reasons });

/** The figure of a row that must be 0. */
export const zero = (name, reasons) => row(name, reasons.length, reasons);

const shorten = (reason) => (reason.length > LONGEST ? `${reason.slice(0, LONGEST)}…` : reason);

/** The rows that should be 0 and are not, as texts. */
export function missed(rows) {
  return rows.filter(({ reasons = [] }) => reasons.length > 0).map(({ name, figure, reasons }) => `${figure} ${name}: ${shorten(reasons[0])}`);
}

/** Prints the rows under a headline, and gives how many of them should be 0 and are not. */
export function print(headline, rows) {
  const text = rows.map(({ figure }) => (typeof figure === "number" ? figure.toLocaleString("en") : figure));
  const width = Math.max(...text.map(({ length }) => length));
  console.log(`\n${headline}`);
  rows.forEach(({ name, reasons = [] }, at) => {
    console.log(`${reasons.length ? "✗" : " "} ${text[at].padStart(width)}  ${name}`);
    for (const reason of reasons.slice(0, REASONS)) console.log(`      ${shorten(reason)}`);
    if (reasons.length > REASONS) console.log(`      … and ${reasons.length - REASONS} more`);
  });
  return rows.filter(({ reasons = [] }) => reasons.length > 0).length;
}
