import type { ArgumentFacts } from "../facts.ts";

/** The facts of an invalid argument. */
export function badArgument(argument: string, problem: string, more: Partial<ArgumentFacts> = {}): ArgumentFacts {
  return { falCode: "invalid_argument", argument, problem, ...more };
}

/** The facts of an invalid endpoint id. */
export function badEndpointId(given: unknown): ArgumentFacts {
  return badArgument("endpointId", "must be <owner>/<alias>, with the path that the model's page shows", { given });
}
