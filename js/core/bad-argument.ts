/** The facts of an invalid argument. */
export function badArgument(argument: string, problem: string, more: object = {}): object {
  return { falCode: "invalid_argument", argument, problem, ...more };
}
