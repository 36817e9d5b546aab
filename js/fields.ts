/**
 * A value of unknown form, such as JSON of a server or an exception of the caller's code. Any field may be missing.
 */
export type Fields = { readonly [name: string]: unknown } | null | undefined;
