// Running one row or check: what came of it, and whether the emulator saw it too.

/** What a row came to: `subscribe` and `upload` are "ok" or say what went wrong. */
export async function runRow(lab, row) {
  const from = performance.now();
  await lab.emulator.clearRequests();
  const report = await row.run(lab).catch((error) => ({ subscribe: error.message, upload: "not reached" }));
  const requests = await lab.emulator.requests();
  const arrived = (method, part) => requests.some((request) => request.method === method && (request.target ?? request.path).includes(part));
  return {
    name: row.name,
    subscribe: believed(report.subscribe, arrived("POST", "/text-to-video"), "submit"),
    upload: believed(report.upload, arrived("PUT", ""), "upload"),
    seconds: (performance.now() - from) / 1000,
  };
}

/** What a check came to, in the same form. */
export async function runCheck(lab, { name, ...rest }) {
  const from = performance.now();
  const outcome = await rest.check.call({ name }, lab).then(() => "ok", (error) => error.message);
  return { name, subscribe: outcome, upload: "", seconds: (performance.now() - from) / 1000 };
}

/** Whether everything of it went well. */
export const passed = ({ subscribe, upload }) => subscribe === "ok" && (upload === "ok" || upload === "");

function believed(outcome, isThere, what) {
  return outcome === "ok" && !isThere ? `no ${what} reached the emulator` : (outcome ?? "not reported");
}
