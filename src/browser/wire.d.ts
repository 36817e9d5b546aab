/** The body that asks for a place for a file: its type and name, as JSON. */
export function described(file: Blob): string;
/** The type that a file is stored with. */
export function typeOf(file: Blob): string;
/** The URL that the last call of the client with this configuration went to: the proxy's where there is one. */
export function lastUrlOf(config: object): string | undefined;
/** The tag of a value, by which it is known in every realm: `instanceof` knows those of its own only. */
export function tagOf(value: unknown): string;
/** Whether a value is a `Blob` or a `File`, of an iframe too. */
export function isFile(value: unknown): value is Blob;
