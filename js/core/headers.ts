// The headers and the query for the caller's options (protocol §5.2).

import type { StorageSettings } from "../types/storage.ts";
import { badArgument } from "./bad-argument.ts";
import type { Headers, InputOptions, SubmittingOptions } from "./settings.ts";

const SECONDS: Record<string, number | undefined> = {
  never: undefined,
  immediate: 60,
  "1h": 3_600,
  "1d": 86_400,
  "7d": 604_800,
  "30d": 2_592_000,
  "1y": 31_536_000,
};

/** The lifecycle header for storage settings (protocol §9.6). No header if they set nothing. */
export function lifecycleHeader(name: string, settings: StorageSettings | null | undefined): Headers {
  const { expiresIn, initialAcl } = settings ?? {};
  const isPreset = expiresIn == null || Object.hasOwn(SECONDS, expiresIn);
  if (!isPreset && !Number.isFinite(expiresIn)) {
    throw badArgument("expiresIn", `must be a number of seconds, or one of ${Object.keys(SECONDS).join(", ")}`, { given: expiresIn });
  }
  const seconds = isPreset ? SECONDS[expiresIn!] : expiresIn;
  const asked = {
    ...(seconds !== undefined && { expiration_duration_seconds: seconds }),
    ...(initialAcl != null && { initial_acl: initialAcl }),
  };
  return Object.keys(asked).length > 0 ? { [name]: JSON.stringify(asked) } : {};
}

/** The headers of a run. */
export function runHeaders({ storageSettings, startTimeout }: InputOptions): Headers {
  return {
    ...lifecycleHeader("x-fal-object-lifecycle-preference", storageSettings),
    ...timeoutHeader(startTimeout),
  };
}

/** The headers of a submit. Options override the caller's `headers`. */
export function submitHeaders(options: SubmittingOptions): Headers {
  const { headers, priority, hint } = options;
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...Object.fromEntries(given),
    ...lifecycleHeader("x-fal-object-lifecycle-preference", options.storageSettings),
    "x-fal-queue-priority": priority ?? "normal",
    ...(hint && { "x-fal-runner-hint": hint }),
    ...timeoutHeader(options.startTimeout),
  };
}

function timeoutHeader(seconds: unknown): Headers {
  if (seconds === undefined) return {};
  // The service refuses 1 s and less; NaN fails the comparison too.
  if (typeof seconds === "number" && seconds > 1) return { "x-fal-request-timeout": String(seconds) };
  throw badArgument("startTimeout", "must be a number of seconds greater than 1", { given: seconds });
}

/** The query with these parameters. Empty if there are none. */
export function queryOf(parameters: object): string {
  const query = String(new URLSearchParams({ ...parameters }));
  return query && `?${query}`;
}
