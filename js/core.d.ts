// The generated module: the glue, and the WebAssembly in a string (see scripts/build.mjs).

type Operation = (config: object, endpointId: unknown, options: object) => Promise<any>;

export interface Core {
  subscribe: Operation;
  submit: Operation;
  status: Operation;
  result: Operation;
  cancel: Operation;
  upload: Operation;
}

export default function instantiate(): Promise<Core>;
