// `fal-wasm/react`: a hook that runs a job.

export { useFal } from "./react/use-fal.ts";
export type { FalJob, FalJobActions, RunJobOptions, UseFalOptions, UseFalResult } from "./react/types.ts";
