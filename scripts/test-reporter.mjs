// A reporter of node:test. It prints one line of JSON for each test that has ended.

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name, nesting, skip, details } = data;
    yield `${JSON.stringify({ name, nesting, isSuite: details?.type === "suite", isFailed: type === "test:fail", skip })}\n`;
  }
}
