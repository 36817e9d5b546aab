// Indents JSON for people. It does not parse the JSON into values, so that numbers too large for JavaScript, the order of fields,
// and JSON that breaks off stay as they were sent. Pure.

const INDENT = "  ";
const TOKEN = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * Puts each field and item of JSON on a line of its own. Returns other text unchanged.
 * @param {string} text
 */
export function indentJson(text) {
  const start = text.trimStart();
  if (!/^[[{"]/.test(start)) return text;
  let depth = 0;
  let written = "";
  const newLine = () => `\n${INDENT.repeat(depth)}`;
  const tokens = start.match(TOKEN) ?? [];
  tokens.forEach((token, at) => {
    const next = tokens[at + 1];
    if (token === "{" || token === "[") {
      written += token;
      depth += 1;
      // `{}` and `[]` stay on one line, and so does a bracket at the end of a text that breaks off.
      if (next !== undefined && !isEnd(next)) written += newLine();
    } else if (isEnd(token)) {
      depth = Math.max(0, depth - 1);
      if (!isStart(tokens[at - 1])) written += newLine();
      written += token;
    } else if (token === ",") {
      written += token + newLine();
    } else if (token === ":") {
      written += ": ";
    } else {
      written += token;
    }
  });
  return written;
}

/** @param {string | undefined} token */
const isStart = (token) => token === "{" || token === "[";
/** @param {string} token */
const isEnd = (token) => token === "}" || token === "]";
