// The JavaScript of the package: one file per entry, each with the face in it. They differ in
// where the WebAssembly comes from, which `js/entries/` says.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { glueSource } from "./glue.mjs";
import { StepError, root } from "./steps.mjs";

/** The files in dist/, by the source in js/ and what it finds in place of js/entries/lazy.ts. */
const ENTRIES = {
  "index.js": ["index.ts", "lazy.ts"],
  "index.workerd.js": ["index.ts", "workerd.ts"],
  "index.edge.js": ["index.ts", "edge.ts"],
  "inline.js": ["inline.ts", "inline.ts"],
  "slim.js": ["slim.ts", "slim.ts"],
};

/**
 * Files in dist/ that hold all parts, for programs without modules: the source in js/, what it finds in place of
 * js/entries/lazy.ts, and the build's options. The script may be served without a charset, so it is ASCII.
 * @type {Record<string, [string, string, import("esbuild").BuildOptions]>}
 */
const WHOLE = {
  "index.cjs": ["index.ts", "whole.ts", { format: "cjs" }],
  "slim.cjs": ["slim.ts", "slim.ts", { format: "cjs" }],
  "fal.global.js": ["global.ts", "whole.ts", { format: "iife", charset: "ascii" }],
};

/** What stays a file of its own beside the entries, rather than becoming a part of them. */
const BESIDE = /\/(core\.js|realtime\.js|journal\.js|parts\.js|core\.wasm(\?module)?)$/;
/** What is loaded at its first use, and the license that travels with the library in it, if any. */
const LATER = {
  "realtime.js": ["realtime/open.ts", "@msgpack/msgpack/LICENSE"],
  "journal.js": ["journal/open.ts", "idb-keyval/LICENCE"],
  "parts.js": ["core/upload/multipart.ts"],
};

/** Entries beside the client: the source, and a directive that esbuild would drop. Servers must not run hooks. */
const ADDITIONS = { "react.js": ["react.ts", '"use client";'], "webhook.js": ["webhook.ts", ""] };

/** `fal-wasm/endpoints` has types only. */
const TYPES_ONLY = { "all-endpoints.js": "export {};\n", "all-endpoints.cjs": "" };

/** What is in dist/ when the bundles are built. */
export const BUNDLES = [...Object.keys(ENTRIES), ...Object.keys(WHOLE), ...Object.keys(ADDITIONS), "core.js", "core.wasm", ...Object.keys(LATER)].map((name) => `dist/${name}`);

/** @type {import("esbuild").BuildOptions & { write: false }} */
const OPTIONS = { bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning", write: false };
// It drops what esbuild keeps: a function within a function that nobody calls, such as most of
// the glue. A twentieth of the JavaScript.
/** @type {import("terser").MinifyOptions} */
const SMALLER = { toplevel: true, ecma: 2022, compress: { passes: 3 } };

/**
 * Writes the bundles and the module into an empty dist/.
 * @param {string} glueDir holds wasm-bindgen's `fal_wasm.js`
 * @param {string} module the WebAssembly
 * @param {(options: import("esbuild").BuildOptions) => Promise<string>} built makes one file: as it is published, or
 * to be read
 */
export async function bundle(glueDir, module, built = buildSmall) {
  const dist = path.join(root, "dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  const wasm = readFileSync(module);
  writeFileSync(path.join(dist, "core.wasm"), wasm);
  const glue = glueSource(glueDir);
  await Promise.all(
    Object.entries(ENTRIES).map(async ([name, [source, origin]]) => {
      const options = { entryPoints: [path.join(root, "js", source)], plugins: [parts(origin, glue, glueDir)] };
      writeFileSync(path.join(dist, name), await built(options));
    }),
  );
  for (const [name, [source, license]] of Object.entries(LATER)) {
    writeFileSync(path.join(dist, name), await built({ entryPoints: [path.join(root, "js", source)] }));
    if (license) cpSync(path.join(root, "node_modules", license), path.join(dist, name.replace(/js$/, "LICENSE.txt")));
  }
  for (const [name, [source, directive]] of Object.entries(ADDITIONS)) {
    const options = { entryPoints: [path.join(root, "js", source)], external: ["react"], plugins: [clientByName] };
    writeFileSync(path.join(dist, name), directive + (await built(options)));
    writeFileSync(path.join(dist, name.replace(/js$/, "cjs")), directive + (await built({ ...options, format: "cjs" })));
  }
  for (const [name, text] of Object.entries(TYPES_ONLY)) writeFileSync(path.join(dist, name), text);
  const stdin = { contents: glue + MAKE, resolveDir: glueDir, sourcefile: "core.js" };
  writeFileSync(path.join(dist, "core.js"), withModule("core.js", await built({ stdin }), literal(wasm)));
  for (const [name, [source, origin, format]] of Object.entries(WHOLE)) {
    const plugins = [inside(), parts(origin, glue, glueDir)];
    const text = await built({ entryPoints: [path.join(root, "js", source)], plugins, banner: { js: banner() }, ...format });
    const module = format.charset === "ascii" ? ascii(literal(wasm)) : literal(wasm);
    writeFileSync(path.join(dist, name), source === "slim.ts" ? text : withModule(name, text, module));
  }
}

/** A built file with the module in its place. */
function withModule(name, text, module) {
  const parts = text.split(PLACE);
  if (parts.length !== 2) throw new StepError(`The module has no place in ${name}, or more than one.`);
  return parts.join(module);
}

/** The licenses of the parts of a file that holds all of them. */
function banner() {
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return `/*! fal-wasm ${version} (MIT), with @msgpack/msgpack (ISC) and idb-keyval (Apache-2.0) */`;
}

/**
 * A module and all that it imports in one file, as small as it gets: its text.
 * @param {Omit<import("esbuild").BuildOptions, "write">} options say where it begins
 */
export async function buildSmall(options) {
  const { build } = await import("esbuild");
  const { minify } = await import("terser");
  const { outputFiles } = await build({ ...OPTIONS, ...options });
  // No page downloads those for `require`.
  if (options.format === "cjs") return outputFiles[0].text;
  const isScript = options.format === "iife";
  const format = { ascii_only: isScript, comments: /^!/ };
  const { code } = await minify(outputFiles[0].text, { ...SMALLER, module: !isScript, format });
  return /** @type {string} */ (code);
}

/**
 * The same as it was written, with source maps.
 * @param {Omit<import("esbuild").BuildOptions, "write">} options say where it begins
 */
export async function buildReadable(options) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({ ...OPTIONS, minify: false, sourcemap: "inline", ...options });
  return outputFiles[0].text;
}

/** Lets an addition import the client by the package's name, so that it has the `fal` of its app in every runtime. */
const clientByName = {
  name: "client by name",
  setup(build) {
    build.onResolve({ filter: /\/index\.ts$/ }, () => ({ path: "fal-wasm", external: true }));
  },
};

/** Resolves the files beside the entries to their sources, so that they become parts of this file. */
function inside() {
  return {
    name: "inside",
    setup(build) {
      build.onResolve({ filter: /\/core\.js$/ }, () => ({ path: "core", namespace: "core" }));
      build.onLoad({ filter: /.*/, namespace: "core" }, () => ({ contents: IN_WHOLE + MAKE, resolveDir: path.join(root, "js") }));
      for (const [name, [source]] of Object.entries(LATER)) {
        build.onResolve({ filter: new RegExp(`^\\.\\./${name.replace(".", "\\.")}$`) }, () => ({ path: path.join(root, "js", source) }));
      }
    },
  };
}

/** Resolves what an entry is made of: its own way to the module, the glue, the files beside it. */
function parts(origin, glue, glueDir) {
  return {
    name: "parts",
    setup(build) {
      build.onResolve({ filter: /\/entries\/lazy\.ts$/ }, () => ({ path: path.join(root, "js/entries", origin) }));
      build.onResolve({ filter: BESIDE }, ({ path: name }) => ({ path: `./${path.posix.basename(name)}`, external: true, sideEffects: false }));
      build.onResolve({ filter: /\/glue\.js$/ }, () => ({ path: "glue", namespace: "glue" }));
      build.onLoad({ filter: /.*/, namespace: "glue" }, () => ({ contents: glue, resolveDir: glueDir }));
    },
  };
}

// Each byte is taken from this, so that most of WebAssembly's common ones are one byte in UTF-8,
// too, and zero needs no escape: 3 % of the module under brotli. (Of all sums and differences
// it is the one that gave least.)
const MIRROR = 122;

// Where the module comes to stand. No string, whose length would be worked out in the build.
const PLACE = "THE_MODULE";

// The module travels within JavaScript: no second address, MIME type or bundler setting.
const MAKE = `
export default async () => {
  const text = ${PLACE};
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = ${MIRROR} - text.charCodeAt(at);
  return bind(await WebAssembly.compile(bytes));
};
`;

// In a file that holds all parts, the glue is one of them.
const IN_WHOLE = 'import { bind } from "./glue.js";';

/** A string literal in which escapes stand for all characters but ASCII. */
function ascii(text) {
  return text.replaceAll(/[\x7f-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
}

/** Bytes as a string literal of the code points 0 to 255, which compresses like the bytes. */
export function literal(bytes) {
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0" };
  const text = Buffer.from(bytes.map((byte) => MIRROR - byte)).toString("latin1");
  return `"${text.replaceAll(/[\\"\n\r]|\0(?!\d)/g, (c) => escapes[c]).replaceAll("\0", "\\x00")}"`;
}
