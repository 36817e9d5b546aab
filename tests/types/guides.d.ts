// Declarations for the packages that the guides' programs import and that are not installed here.

declare module "express" {
  import type { IncomingMessage } from "node:http";
  interface Answer {
    status(code: number): Answer;
    send(text: string): Answer;
    end(): void;
  }
  type Handler = (request: IncomingMessage & { body: any }, response: Answer, next: (error: unknown) => void) => Promise<void>;
  type Middleware = { readonly parse: unknown };
  const express: {
    (): { post(path: string, parser: Middleware, handler: Handler): void };
    raw(options: { type: string }): Middleware;
  };
  export default express;
}
