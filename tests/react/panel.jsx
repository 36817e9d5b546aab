// The components for the tests of fal-wasm/react. Each uses the hook in a panel with a name.

import { StrictMode } from "react";
import { useFal } from "fal-wasm/react";

export const ENDPOINT = "acme/gate";

/** Shows a job, and saves it in `jobs` for the test. */
function Panel({ name, options }) {
  const job = useFal(ENDPOINT, options);
  if (globalThis.jobs) globalThis.jobs[name] = job;
  return (
    <section id={name}>
      <p>
        {job.status} {job.progress?.phase} {job.data?.answer} {job.error?.message}
      </p>
      <button disabled={job.isRunning} onClick={() => void job.run({ prompt: name })}>
        Run
      </button>
    </section>
  );
}

/** Shows panels with these names and these options for the hook. */
export function Panels({ panels, isStrict }) {
  const list = Object.entries(panels).map(([name, options]) => <Panel key={name} name={name} options={options} />);
  return isStrict ? <StrictMode>{list}</StrictMode> : <>{list}</>;
}
