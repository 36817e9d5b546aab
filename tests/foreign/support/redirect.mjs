// Redirects requests for fal.ai's hosts to the emulator. The request stays as the client made it. It goes to the emulator's
// proxy route, which takes the real URL from a header (protocol §4.1).

/** The header that names the real URL of a redirected request. */
export const TARGET = "x-fal-target-url";

/** Whether this is one of fal.ai's host names. */
export function isFal(host) {
  return /^([a-z0-9-]+\.)*fal\.(run|ai|media)$/.test(host);
}

/**
 * A `fetch` that redirects requests for fal.ai to the emulator at `emulatorUrl`. Other requests go to their own targets.
 * Before it adds anything, it calls `note` with the URL and the headers of each request for fal.ai.
 * @param {string} emulatorUrl
 * @param {{ fetch?: typeof globalThis.fetch, note?: (request: { method: string, url: string, headers: Headers }) => void }} [options]
 * @returns {typeof globalThis.fetch}
 */
export function fetchFrom(emulatorUrl, { fetch = globalThis.fetch, note = () => {} } = {}) {
  return (input, init = {}) => {
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? String(input));
    if (!isFal(url.hostname)) return fetch(input, init);
    const headers = new Headers(init.headers ?? request?.headers);
    note({ method: init.method ?? request?.method ?? "GET", url: url.href, headers: new Headers(headers) });
    headers.set(TARGET, url.href);
    return fetch(`${emulatorUrl}/api/fal/proxy`, { ...copyRequest(request), ...init, headers });
  };
}

function copyRequest(request) {
  if (!request) return {};
  const { method, body, signal } = request;
  return { method, signal, ...(body && { body, duplex: "half" }) };
}

/**
 * A `fetch` that redirects requests for fal.ai to the emulator's direct routes: `https:/` is replaced by the emulator's origin.
 */
export function directFetchFrom(emulatorUrl, { fetch = globalThis.fetch } = {}) {
  return (input, init) => {
    const url = new URL(input);
    return fetch(isFal(url.hostname) ? `${emulatorUrl}/${url.host}${url.pathname}${url.search}` : url, init);
  };
}
