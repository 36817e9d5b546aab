// How long tests wait for a condition. No slow and busy machine takes as long: a test that waits in vain has failed.

export const PATIENCE_MS = 90_000;
