// Packages that only some groups of tests install (tests/foreign, tests/packaging, tests/examples). They are missing where
// the types are checked.

declare module "@ai-sdk/fal";
declare module "@fal-ai/server-proxy/express";
declare module "@hono/node-server";
declare module "@rollup/plugin-node-resolve";
declare module "ai";
declare module "express";
declare module "hono";
declare module "rollup";
declare module "vite";
declare module "webpack";
declare module "ws";
