// Of the module that lab.mjs writes beside this one, in each app.

export declare const EMULATOR: string;
export declare const REPORT: string;
