// Node's own requests, as Express and http give them.

import type { IncomingMessage } from "node:http";
import { verifyWebhook, type Webhook } from "fal-wasm/webhook";

export const inExpress = (request: IncomingMessage & { body: any }): Promise<Webhook> => verifyWebhook(request);
export const inNode = (request: IncomingMessage, body: Buffer): Promise<Webhook> => verifyWebhook({ headers: request.headers, body });
