// The table of docs/rust.md must have one row for each option and each method of the npm package. The functions that it names
// must exist in the crate.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { read, root } from "../scripts/steps.mjs";

/** Interfaces of results and plain data. Their fields are not options. */
const DATA = [
  "BaseQueueStatus", "BaseWebHookResponse", "CompletedQueueStatus", "DoneProgress", "EndpointId", "ErrorWebHookResponse",
  "FalStream", "InProgressQueueStatus", "InQueueQueueStatus", "Metrics", "OfflineProgress", "OkWebHookResponse", "PendingEntry",
  "PendingRequest", "PendingStore", "ProxyRuntimeEnv", "QueuedProgress", "RealtimeConnection", "RealtimeConnectionHandler",
  "ReconnectingProgress", "RequestConfig", "RequestLog", "Result", "RunningProgress", "SingletonFalClient", "StorageACL",
  "StorageACLRule", "Timings", "UploadProgress", "UploadingProgress", "UrlOptions", "ValidationErrorInfo", "WithRequestId",
];

/** The members of all interfaces in js/types, as `Interface.member`. */
function members() {
  const names = [];
  for (const file of readdirSync(path.join(root, "js/types"))) {
    const source = read(`js/types/${file}`).replaceAll(/\/\*\*.*?\*\//gs, "");
    for (const [, name, body] of source.matchAll(/interface (\w+)[^{]*\{\n(.*?)\n\}/gs)) {
      if (DATA.includes(name)) continue;
      for (const [, member] of body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)) names.push(`${name}.${member}`);
    }
  }
  return names.sort();
}

/** The rows of the table: a member of the npm package, and its counterpart in the crate. */
function rows() {
  const [, table] = read("docs/rust.md").split("## Parity with the npm package");
  return [...table.matchAll(/^\| `([\w.]+)` \| (.*) \|$/gm)].map(([, npm, rust]) => ({ npm, rust }));
}

/** The names of the public functions, fields and variants of the crate's client. */
function publicNames() {
  const files = readdirSync(path.join(root, "src/client"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
  const source = files.map((file) => read(`src/client/${file}`)).join("\n");
  return new Set([...source.matchAll(/\bpub (?:async )?(?:fn |struct |enum )?(\w+)|^ {4}(\w+)(?: \{|\(|,)/gm)].flatMap(([, ...names]) => names));
}

test("each option and method of the npm package has its row, and each row its option", () => {
  const listed = rows().map(({ npm }) => npm);
  assert.deepEqual(listed.toSorted(), members());
  assert.equal(new Set(listed).size, listed.length, "no row twice");
});

test("the crate has what the table names, and each gap says why", () => {
  const names = publicNames();
  for (const { npm, rust } of rows()) {
    const isGap = rust.startsWith("–");
    const named = [...rust.matchAll(isGap ? /`(?:\w+::)+(\w+)`/g : /`(?:\w+::)*(\w+)`/g)].map(([, name]) => name);
    assert.ok(isGap ? rust.length > 12 : named.length > 0, `${npm} says nothing`);
    for (const name of named) assert.ok(names.has(name), `${npm}: there is no ${name}`);
  }
});
