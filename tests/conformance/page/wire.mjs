// Scripted answers of the service (protocol §5).

export const APP = "acme/app/fast";
export const REQUEST_ID = "5d2f0a0f-6b57-4d29-9f5e-1c110b6c1d1e";
const REQUEST = `https://queue.fal.run/acme/app/requests/${REQUEST_ID}`;

const urls = { request_id: REQUEST_ID, response_url: REQUEST, status_url: `${REQUEST}/status`, cancel_url: `${REQUEST}/cancel` };

/** The answer to a submit. */
export const submitted = (more) => ({
  method: "POST",
  to: "queue.fal.run",
  body: { status: "IN_QUEUE", queue_position: 0, ...urls },
  headers: { "x-fal-request-id": REQUEST_ID },
  ...more,
});

/** The answer to a status request. Its HTTP status is 202 until the request is completed. */
export const status = (state, fields, more) => ({
  method: "GET",
  to: "/status?",
  status: state === "COMPLETED" ? 200 : 202,
  body: { status: state, ...urls, ...fields },
  ...more,
});

/**
 * The answer to a result request.
 * @type {(body?: any, more?: object) => object}
 */
export const result = (body = { video: { url: "https://v3b.fal.media/files/b/0a1b2c3d/x_out.mp4" }, seed: 7 }, more) => ({
  method: "GET",
  to: `/requests/${REQUEST_ID}`,
  body,
  headers: { "x-fal-request-id": REQUEST_ID },
  ...more,
});

/** The answer to a cancel. */
export const cancelled = (more) => ({ method: "PUT", to: "/cancel", status: 202, body: { status: "CANCELLATION_REQUESTED" }, ...more });

/**
 * The answer to a synchronous run.
 * @type {(body?: any, more?: object) => object}
 */
export const ran = (body = { text: "hello" }, more) => ({
  to: "https://fal.run/",
  body,
  headers: { "x-fal-request-id": REQUEST_ID },
  ...more,
});

/** The two answers to the upload of one file. */
export const stored = (more) => [
  {
    method: "POST",
    to: "/storage/upload/initiate?",
    body: { upload_url: "https://v3b.fal.media/put/x?signature=s", file_url: "https://v3b.fal.media/files/b/0a1b2c3d/x_in.bin" },
    ...more,
  },
  { method: "PUT", to: "https://v3b.fal.media/put/", body: {}, ...more },
];

/** A server-sent event with one JSON value. */
export const event = (value) => `data: ${JSON.stringify(value)}\n\n`;

/** An event stream. Strings and bytes are sent as they are. Numbers are pauses. */
export const events = (chunks, more) => ({
  chunks,
  ...more,
  headers: { "content-type": "text/event-stream", "x-fal-request-id": REQUEST_ID, ...more?.headers },
});
