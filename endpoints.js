// For tools that do not read "exports". There are only types.
export {};
