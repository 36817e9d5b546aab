/** A URL without its query and fragment, which may hold secrets. */
export function withoutQuery(url: string): string {
  return url.split(/[?#]/)[0]!;
}
