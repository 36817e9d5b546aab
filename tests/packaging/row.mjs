// Runs one row or check. Returns its outcome, and checks that the emulator saw the calls, too.

/** Runs a row. In its outcome, `subscribe` and `upload` are "ok" or describe the problem. */
export async function runRow(lab, row) {
  const from = performance.now();
  await lab.emulator.clearRequests();
  const report = await row.run(lab).catch((error) => ({ subscribe: error.message, upload: "not reached" }));
  const requests = await lab.emulator.requests();
  const arrived = (method, part) => requests.some((request) => request.method === method && (request.target ?? request.path).includes(part));
  return {
    name: row.name,
    subscribe: trust(report.subscribe, arrived("POST", "/text-to-video"), "submit"),
    upload: trust(report.upload, arrived("PUT", ""), "upload"),
    seconds: (performance.now() - from) / 1000,
  };
}

/** Runs a check. Returns its outcome in the same form. */
export async function runCheck(lab, { name, ...rest }) {
  const from = performance.now();
  const outcome = await rest.check.call({ name }, lab).then(() => "ok", (error) => error.message);
  return { name, subscribe: outcome, upload: "", seconds: (performance.now() - from) / 1000 };
}

/** Whether a row or a check passed. */
export const passed = ({ subscribe, upload }) => subscribe === "ok" && (upload === "ok" || upload === "");

function trust(outcome, isThere, what) {
  return outcome === "ok" && !isThere ? `no ${what} reached the emulator` : (outcome ?? "not reported");
}
