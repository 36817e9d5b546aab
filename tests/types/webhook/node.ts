// Requests of Node's http, which Express passes on.

import type { IncomingMessage } from "node:http";
import { verifyWebhook, type Webhook } from "fal-wasm/webhook";

export const inExpress = (request: IncomingMessage & { body: any }): Promise<Webhook> => verifyWebhook(request);
export const inNode = (request: IncomingMessage, body: Buffer): Promise<Webhook> => verifyWebhook({ headers: request.headers, body });
