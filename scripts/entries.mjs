// The JavaScript of the package: one file for each entry. Each contains the public API. The entries differ in how they
// load the WebAssembly: see `js/entries/`.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { glueSource } from "./glue.mjs";
import { StepError, root } from "./steps.mjs";

/** The files in dist/: for each, its source in js/, and the file that replaces js/entries/lazy.ts. */
const ENTRIES = {
  "index.js": ["index.ts", "lazy.ts"],
  "index.workerd.js": ["index.ts", "workerd.ts"],
  "index.edge.js": ["index.ts", "edge.ts"],
  "inline.js": ["inline.ts", "inline.ts"],
  "slim.js": ["slim.ts", "slim.ts"],
};

/**
 * Files in dist/ that contain all parts, for programs without modules: for each, its source in js/, the file that replaces
 * js/entries/lazy.ts, and esbuild's options. The script is ASCII, because servers may serve it without a charset.
 * @type {Record<string, [string, string, import("esbuild").BuildOptions]>}
 */
const WHOLE = {
  "index.cjs": ["index.ts", "whole.ts", { format: "cjs" }],
  "slim.cjs": ["slim.ts", "slim.ts", { format: "cjs" }],
  "fal.global.js": ["global.ts", "whole.ts", { format: "iife", charset: "ascii" }],
};

/** Files that stay separate: the entries import them instead of containing them. */
const BESIDE = /\/(core\.js|realtime\.js|journal\.js|parts\.js|core\.wasm(\?module)?)$/;
/** Files that load at their first use: for each, its source, and the license of the library in it, if any. */
const LATER = {
  "realtime.js": ["realtime/open.ts", "@msgpack/msgpack/LICENSE"],
  "journal.js": ["journal/open.ts", "idb-keyval/LICENCE"],
  "parts.js": ["core/upload/multipart.ts"],
};

/** Entries besides the client: the source, and a directive that esbuild would drop. Servers must not run hooks. */
const ADDITIONS = { "react.js": ["react.ts", '"use client";'], "webhook.js": ["webhook.ts", ""] };

/** `fal-wasm/endpoints` has types only. */
const TYPES_ONLY = { "all-endpoints.js": "export {};\n", "all-endpoints.cjs": "" };

/** The files in dist/ after the bundles were built. */
export const BUNDLES = [...Object.keys(ENTRIES), ...Object.keys(WHOLE), ...Object.keys(ADDITIONS), "core.js", "core.wasm", ...Object.keys(LATER)].map((name) => `dist/${name}`);

/** @type {import("esbuild").BuildOptions & { write: false }} */
const OPTIONS = { bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning", write: false };
// terser removes code that esbuild keeps: unused functions inside a function, such as most of the glue. This saves a
// twentieth of the JavaScript.
/** @type {import("terser").MinifyOptions} */
const SMALLER = { toplevel: true, ecma: 2022, compress: { passes: 3 } };

// Tells V8 to compile the functions of a file while it downloads, and not each when it is first called: the first call needs most
// of them. https://v8.dev/blog/explicit-compile-hints
const COMPILE_AHEAD = "//# allFunctionsCalledOnLoad";

/**
 * Writes the bundles and the module into an empty dist/.
 * @param {string} glueDir the folder with wasm-bindgen's `fal_wasm.js`
 * @param {string} module the path of the WebAssembly
 * @param {(options: import("esbuild").BuildOptions) => Promise<string>} built builds one file: `buildSmall` as it is
 * published, `buildReadable` for debugging
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
  writeFileSync(path.join(dist, "core.js"), withModule("core.js", await built({ stdin, banner: { js: COMPILE_AHEAD } }), literal(wasm)));
  for (const [name, [source, origin, format]] of Object.entries(WHOLE)) {
    const plugins = [inside(), parts(origin, glue, glueDir)];
    const text = await built({ entryPoints: [path.join(root, "js", source)], plugins, banner: { js: banner() }, ...format });
    const module = format.charset === "ascii" ? ascii(literal(wasm)) : literal(wasm);
    writeFileSync(path.join(dist, name), source === "slim.ts" ? text : withModule(name, text, module));
  }
}

/** Inserts the module into a built file. */
function withModule(name, text, module) {
  const parts = text.split(PLACE);
  if (parts.length !== 2) throw new StepError(`The module has no place in ${name}, or more than one.`);
  return parts.join(module);
}

/** The license comment of a file that contains all parts. */
function banner() {
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return `/*! fal-wasm ${version} (MIT), with @msgpack/msgpack (ISC) and idb-keyval (Apache-2.0) */`;
}

/**
 * Bundles and minifies a module with all its imports. Returns the text of the file.
 * @param {Omit<import("esbuild").BuildOptions, "write">} options name the entry point
 */
export async function buildSmall(options) {
  const { build } = await import("esbuild");
  const { minify } = await import("terser");
  const { outputFiles } = await build({ ...OPTIONS, ...options });
  // esbuild's minifying is enough for `require`: pages do not download these files.
  if (options.format === "cjs") return outputFiles[0].text;
  const isScript = options.format === "iife";
  const format = { ascii_only: isScript, comments: /^!|^# allFunctionsCalledOnLoad/ };
  const { code } = await minify(outputFiles[0].text, { ...SMALLER, module: !isScript, format });
  return /** @type {string} */ (code);
}

/**
 * As `buildSmall`, but not minified, and with source maps.
 * @param {Omit<import("esbuild").BuildOptions, "write">} options name the entry point
 */
export async function buildReadable(options) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({ ...OPTIONS, minify: false, sourcemap: "inline", ...options });
  return outputFiles[0].text;
}

/** Makes an addition import the client by the package's name, so that both use the same `fal` in every runtime. */
const clientByName = {
  name: "client by name",
  setup(build) {
    build.onResolve({ filter: /\/index\.ts$/ }, () => ({ path: "fal-wasm", external: true }));
  },
};

/** Resolves the separate files to their sources, so that the bundle contains them. */
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

/** Resolves the imports of an entry: the file that loads the module, the glue, and the separate files. */
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

// Each byte is subtracted from this number. Most of the common bytes of WebAssembly then take one byte in UTF-8, and zero
// needs no escape. This saves 3 % of the module under brotli. (It gave the smallest file of all sums and differences.)
const MIRROR = 122;

// The place of the module. Not a string: the build would compute the length of a string.
const PLACE = "THE_MODULE";

// The module is part of the JavaScript, so that apps need no second URL, no MIME type and no bundler setting.
const MAKE = `
export default async () => {
  const text = ${PLACE};
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = ${MIRROR} - text.charCodeAt(at);
  return bind(await WebAssembly.compile(bytes));
};
`;

// In a file that contains all parts, import the glue.
const IN_WHOLE = 'import { bind } from "./glue.js";';

/** Escapes all non-ASCII characters of a string literal. */
function ascii(text) {
  return text.replaceAll(/[\x7f-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
}

/** Encodes bytes as a string literal of the code points 0 to 255. It compresses as well as the bytes do. */
export function literal(bytes) {
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0" };
  const text = Buffer.from(bytes.map((byte) => MIRROR - byte)).toString("latin1");
  return `"${text.replaceAll(/[\\"\n\r]|\0(?!\d)/g, (c) => escapes[c]).replaceAll("\0", "\\x00")}"`;
}
