/** The instance that calls run on has trapped: rejects all of them. */
export function crash(cause: unknown): void;
/** How many instances have trapped. */
export let crashes: number;
