import type { ArgumentFacts } from "../facts.ts";

/** The facts of an invalid argument. */
export function badArgument(argument: string, problem: string, more: Partial<ArgumentFacts> = {}): ArgumentFacts {
  return { falCode: "invalid_argument", argument, problem, ...more };
}
