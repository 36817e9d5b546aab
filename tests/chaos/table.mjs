// Tables with a figure and a name in each row. If a figure should be 0 and is not, its reasons follow below.
const REASONS = 5;
/** The longest printed reason, in characters. A reason may contain a whole answer. */
const LONGEST = 400;

/** A row. It has `reasons` only if its figure must be 0. */
export const row = (name, figure, reasons) => ({ name, figure, reasons });

/** A row whose figure must be 0. */
export const zero = (name, reasons) => row(name, reasons.length, reasons);

const shorten = (reason) => (reason.length > LONGEST ? `${reason.slice(0, LONGEST)}…` : reason);

/** The rows that should be 0 and are not, each as a text. */
export function missed(rows) {
  return rows.filter(({ reasons = [] }) => reasons.length > 0).map(({ name, figure, reasons }) => `${figure} ${name}: ${shorten(reasons[0])}`);
}

/** Prints the rows under a headline. Returns the number of rows that should be 0 and are not. */
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
