import { createRouteHandler } from "@fal-ai/server-proxy/nextjs";

// Requests get the key from FAL_KEY here, so it never reaches the browser.
export const { GET, POST, PUT } = createRouteHandler({
  allowedEndpoints: ["fal-ai/kandinsky5-pro/**"],
  // Whoever passes this check spends your key. Before you deploy, check the session of your user here.
  isAuthenticated: async () => process.env.NODE_ENV === "development",
  // By default, the proxy lets everybody through, whatever isAuthenticated says.
  allowUnauthorizedRequests: false,
});
