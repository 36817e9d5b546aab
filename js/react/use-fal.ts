import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { EndpointIdArgument, InputType, OutputType } from "../endpoints.ts";
// The bundle imports this by the package's name, so that an app has one `fal`.
import { fal } from "../index.ts";
import { IDLE, jobOf } from "./job.ts";
import type { FalJob, FalJobActions, UseFalOptions, UseFalResult } from "./types.ts";

/** On the server no job runs. */
const serverSnapshot = (): FalJob => IDLE;

/**
 * Runs jobs of an endpoint, one at a time, and gives the state of the last one.
 *
 * The job belongs to the page, not to the component. When the last component that shows it unmounts, the
 * client leaves the job without cancelling it; files that are being uploaded are sent, and the job is submitted. When
 * a component mounts again, also after a reload and under StrictMode, the hook resumes the job.
 * @param endpointId the endpoint, which also gives the types of input and output
 * @example
 * function Sunset({ photo }: { photo: File }) {
 *   const { run, cancel, isRunning, progress, data, error } = useFal("fal-ai/kandinsky5-pro/image-to-video");
 *   if (isRunning) return <button onClick={cancel}>Cancel ({progress?.phase})</button>;
 *   if (data) return <video src={data.video.url} autoPlay loop />;
 *   return <button onClick={() => void run({ prompt: "the sun goes down", image_url: photo })}>{error?.message ?? "Run"}</button>;
 * }
 */
export function useFal<Id extends string>(
  endpointId: EndpointIdArgument<Id>,
  options: UseFalOptions = {},
): UseFalResult<InputType<Id>, OutputType<Id>> {
  const { client = fal, key = "" } = options;
  const latest = useRef(options);
  // Before the subscription below, whose effect reads the options.
  useEffect(() => {
    latest.current = options;
  });
  const { watch, snapshot, actions } = useMemo(() => {
    // Rendering on the server calls none of these, so no job is shared between the users of a server.
    const job = () => jobOf(client, endpointId, key);
    const actions: FalJobActions = {
      run: async (input: Record<string, unknown>, more) => job().run(input, { ...latest.current, ...more }),
      cancel: () => job().cancel(),
      reset: () => job().reset(),
      resume: () => void job().resume(latest.current),
    };
    return { watch: (watcher: () => void) => job().watch(watcher, latest.current), snapshot: () => job().state, actions };
  }, [client, endpointId, key]);
  return { ...useSyncExternalStore(watch, snapshot, serverSnapshot), ...actions };
}
