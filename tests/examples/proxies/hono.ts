import { createRouteHandler } from "@fal-ai/server-proxy/hono";
import { Hono } from "hono";
import { env } from "hono/adapter";

const app = new Hono();

app.all("/api/fal/proxy", async (context) => {
  // The adapter parses every body as JSON. A cancel has none.
  if (context.req.method === "PUT") context.req.raw = new Request(context.req.raw, { method: "PUT", body: "{}" });
  const { FAL_KEY } = env<{ FAL_KEY: string }>(context);
  const proxy = createRouteHandler({
    allowedEndpoints: ["fal-ai/kandinsky5-pro/**"],
    isAuthenticated: async () => isSignedIn(context.req.header("cookie")),
    allowUnauthorizedRequests: false,
    resolveFalAuth: async () => `Key ${FAL_KEY}`,
  });
  return proxy(context);
});

export default app;

/** Whoever passes this check spends your key: check the session of your user here. */
function isSignedIn(cookie = "") {
  return cookie.includes("session=");
}
