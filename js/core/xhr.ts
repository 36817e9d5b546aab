// `fetch` does not tell how much of a body is sent; `XMLHttpRequest` does.

const NO_BODY = [204, 205, 304];

/** A `fetch` that says how many bytes it has sent where. */
export function counted(tell: (url: string, bytes: number) => void): typeof fetch {
  return (input, { method = "PUT", headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const url = String(input);
      const request = new XMLHttpRequest();
      request.open(method, url);
      for (const [name, value] of Object.entries(headers ?? {})) request.setRequestHeader(name, value);
      request.responseType = "arraybuffer";
      request.upload.onprogress = ({ loaded }) => tell(url, loaded);
      request.onload = () => {
        try {
          resolve(answer(request));
        } catch (error) {
          // A status that no Response can have.
          reject(error);
        }
      };
      request.onerror = () => reject(new TypeError("Failed to send the bytes"));
      request.onabort = () => reject(signal?.reason);
      const end = (): void => request.abort();
      signal?.addEventListener("abort", end);
      request.onloadend = () => signal?.removeEventListener("abort", end);
      request.send(body as XMLHttpRequestBodyInit);
    });
}

function answer(request: XMLHttpRequest): Response {
  const { status, statusText } = request;
  const lines = request.getAllResponseHeaders().trim().split("\r\n").filter(Boolean);
  const headers = lines.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return new Response(NO_BODY.includes(status) ? null : request.response, { status, statusText, headers });
}
