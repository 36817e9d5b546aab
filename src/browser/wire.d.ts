/** The body that asks for a place for a file: its type and name, as JSON. */
export function described(file: Blob): string;
/** The type that a file is stored with. */
export function typeOf(file: Blob): string;
/** The URL that the last call of the client with this configuration went to: the proxy's where there is one. */
export function lastUrlOf(config: object): string | undefined;
