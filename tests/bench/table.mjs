// The table: a row for each kind of work, a column for each lane, the ratios, and the aim.
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("../../node_modules/@fal-ai/client/package.json", import.meta.url), "utf8"));
/** @type {Record<string, string>} */
const LANE_NAMES = { floor: "the floor", theirs: "theirs" };

/** @typedef {{ most?: number, least?: number, of?: string }} Aim at most or at least so much, or so many times a lane's figure */
/** @typedef {{ id: string, what: string, unit: string, aim?: Aim }} Row */

/** Formats a number. Integers stay as they are. Others get two decimals, from 10 on one, and from 100 on none. */
export function shown(number) {
  if (Number.isInteger(number)) return number.toLocaleString("en");
  const digits = number >= 100 ? 0 : number >= 10 ? 1 : 2;
  return number.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function cell({ value, note, failed }, unit) {
  if (failed) return `fails: ${failed.replaceAll("|", "\\|")}`;
  if (unit === "tasks") return note ? `${shown(value)} (${note})` : shown(value);
  return `${shown(value)} ${unit === "requests" ? "" : unit}`.trimEnd();
}

/** The ratio of our figure to the other lane's. There is none for counts of tasks, after a failure, or if theirs is 0. */
function ratio(cells, other, unit) {
  const [ours, theirs] = [cells.ours.value, cells[other].value];
  if (unit === "tasks" || cells.ours.failed || cells[other].failed || theirs === 0) return "–";
  return `${(ours / theirs).toFixed(2)} ×`;
}

/**
 * Whether our figure meets the aim of its row. Returns undefined if the row has no aim.
 * @param {{ aim?: any }} row
 * @param {Record<string, any>} cells
 */
export function isMet({ aim }, cells) {
  if (!aim) return undefined;
  const scale = aim.of ? cells[aim.of].value : 1;
  const { value } = cells.ours;
  return aim.most === undefined ? value >= aim.least * scale : value <= aim.most * scale;
}

function aimText(row, cells) {
  const { aim, unit } = row;
  if (!aim) return "–";
  const verdict = isMet(row, cells) ? "met" : "missed";
  if (aim.most === 0) return `none: ${verdict}`;
  const sign = aim.most === undefined ? "≥" : "≤";
  const number = aim.most ?? aim.least;
  const text = aim.of ? `${sign} ${number} × ${LANE_NAMES[aim.of]}` : `${sign} ${number} ${unit === "ms" ? unit : ""}`.trimEnd();
  return `${text}: ${verdict}`;
}

/**
 * The table as Markdown.
 * @param {{ row: Row, cells: Record<string, any> }[]} measured
 */
export function table(measured) {
  const lines = measured.map(({ row, cells }) => {
    const lanes = ["floor", "theirs", "ours"].map((lane) => cell(cells[lane], row.unit));
    const ratios = [ratio(cells, "floor", row.unit), ratio(cells, "theirs", row.unit)];
    return `| ${[row.what, ...lanes, ...ratios, aimText(row, cells)].join(" | ")} |`;
  });
  const head = `| | floor | \`@fal-ai/client\` ${version} | fal-wasm | to the floor | to theirs | aim |`;
  return [head, "|---|---|---|---|---|---|---|", ...lines, ""].join("\n");
}
