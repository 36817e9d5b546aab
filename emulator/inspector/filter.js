// The filter of the request list. Pure.

/** @import { Exchange } from "./types.d.ts" */

/**
 * The routes of calls that only poll the status of a job.
 * @type {Set<string | null>}
 */
const POLLS = new Set(["status"]);

/**
 * A function that says whether an exchange is shown. The exchange must contain every word of `text`, and no word that has a minus
 * before it. `503` and `5xx` match the status.
 * @param {{text?: string, onlyErrors?: boolean, hidePolls?: boolean}} wanted
 */
export function exchangeFilter({ text = "", onlyErrors = false, hidePolls = false }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).map(parseWord);
  /** @param {Exchange} exchange */
  return (exchange) => {
    if (onlyErrors && !isError(exchange)) return false;
    if (hidePolls && POLLS.has(exchange.route) && !isError(exchange)) return false;
    return words.every(({ isWanted, matches }) => matches(exchange) === isWanted);
  };
}

/**
 * Whether an exchange failed: by its status, by an answer that was cut or dropped, or by a caller that left.
 * @param {Pick<Exchange, "status" | "ending">} exchange
 */
export const isError = ({ status, ending }) => (status ?? 0) >= 400 || (ending !== null && ending !== "whole");

/** @param {string} word */
function parseWord(word) {
  const isWanted = !(word.length > 1 && word.startsWith("-"));
  const plain = isWanted ? word : word.slice(1);
  return { isWanted, matches: matcher(plain) };
}

/**
 * @param {string} word
 * @returns {(exchange: Exchange) => boolean}
 */
function matcher(word) {
  if (/^[1-5]xx$/.test(word)) return ({ status }) => Math.floor((status ?? 0) / 100) === Number(word[0]);
  if (/^[1-5]\d\d$/.test(word)) return ({ status }) => status === Number(word);
  return (exchange) => textOf(exchange).includes(word);
}

/** @param {Exchange} exchange */function textOf({ method, endpoint, route, path, target, service, request_id: requestId, content_type: type, ending, is_struck: isStruck }) {
  const parts = [method, endpoint, route, path, target, service, requestId, type, ending !== "whole" && ending, isStruck && "fault"];
  return parts.filter(Boolean).join(" ").toLowerCase();
}
