// The types that the parts of the page share. Only the compiler reads this file; no page loads it.

import type { FalFile, PendingRequest, Progress, QueueStatus, Result, ValidationErrorInfo } from "fal-wasm";

/** A tab of the form. */
export type Mode = "image" | "text";

/** Elements with a more specific type than `HTMLElement`, by their ids. */
export interface Elements {
  continue: HTMLButtonElement;
  "copy-code": HTMLButtonElement;
  "copy-request": HTMLButtonElement;
  download: HTMLAnchorElement;
  drop: HTMLLabelElement;
  form: PageForm;
  image: HTMLInputElement;
  "image-preview": HTMLImageElement;
  "job-thumbnail": HTMLImageElement;
  key: HTMLInputElement;
  loop: HTMLInputElement;
  "model-link": HTMLAnchorElement;
  "problem-copy": HTMLButtonElement;
  "progress-bar": HTMLProgressElement;
  prompt: HTMLTextAreaElement;
  seed: HTMLInputElement;
  "stage-still": HTMLImageElement;
  steps: HTMLInputElement;
  video: HTMLVideoElement;
}

interface PageForm extends HTMLFormElement {
  readonly elements: HTMLFormControlsCollection & Record<"acceleration" | "aspect_ratio" | "connection" | "duration" | "resolution", RadioNodeList>;
}

/** The names of the fields, which both endpoints use. */
export type FieldName = "acceleration" | "aspect_ratio" | "duration" | "image_url" | "num_inference_steps" | "prompt" | "resolution" | "seed";

/** The values of the form, without empty fields. */
export type Input = { [Name in Exclude<FieldName, "image_url">]?: string | number } & { image_url?: File };

/** The run that the form describes. */
export interface Wish {
  mode: Mode;
  endpointId: string;
  input: Input;
}

/** A message about one field. */
export interface FieldError {
  field: string;
  text: string;
}

/** The words that explain why a run failed. */
export interface Problem {
  title: string;
  text?: string;
  fields?: FieldError[];
  requestId?: string | undefined;
  /** Whether this is not an error, but only a message. */
  calm?: boolean;
}

/** The fields that the page reads from an error. Anything can be thrown, so each is checked. */
export interface Failure {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  status?: unknown;
  requestId?: string;
  fieldErrors?: ValidationErrorInfo[];
}

/** The callbacks and the abort signal of a job. */
export interface Listeners {
  signal: AbortSignal;
  onEnqueue(requestId: string): void;
  onProgress(progress: Progress): void;
  onUpdate(status: QueueStatus): void;
}

/** A finished video. Models may return a result without one. */
export type Made = Result<{ video?: FalFile; seed?: number } | undefined>;

/** A picture that is ready to be sent. */
export interface Picture {
  file: File;
  width: number;
  height: number;
  /** The changes that were made to the chosen file, in sentences. */
  notes: string[];
  /** A data URI of a few kilobytes at most. */
  thumbnail: string;
}

/** The label that the page saves with the id of a job. */
export interface Label {
  mode: Mode;
  viaKey: boolean;
  /** Jobs of older pages have none. */
  prompt?: string;
  thumbnail?: string;
}

/** A video that can be shown again. */
export interface Shown {
  requestId: string;
  prompt: string;
  url: string;
  facts: Partial<Record<"Size" | "Length" | "File" | "Seed" | "Made in", string | number | undefined>>;
}

/** A saved job, with the label that the page gives its jobs. */
export interface Entry extends PendingRequest {
  readonly label: Label;
}
