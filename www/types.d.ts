// The types that the parts of the page share. For the compiler alone: no page loads this.

import type { FalFile, PendingRequest, Progress, QueueStatus, Result, ValidationErrorInfo } from "fal-wasm";

/** A tab of the form. */
export type Mode = "image" | "text";

/** The elements that are more than an `HTMLElement`, by their ids. */
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

/** The names that both endpoints have for the fields. */
export type FieldName = "acceleration" | "aspect_ratio" | "duration" | "image_url" | "num_inference_steps" | "prompt" | "resolution" | "seed";

/** The form's values, without those left empty. */
export type Input = { [Name in Exclude<FieldName, "image_url">]?: string | number } & { image_url?: File };

/** What the form says. */
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

/** A run that did not work, in words. */
export interface Problem {
  title: string;
  text?: string;
  fields?: FieldError[];
  requestId?: string | undefined;
  /** No error at all. */
  calm?: boolean;
}

/** What is read of an error, which may be anything. */
export interface Failure {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  status?: unknown;
  requestId?: string;
  fieldErrors?: ValidationErrorInfo[];
}

/** What a job tells the page on its way. */
export interface Listeners {
  signal: AbortSignal;
  onEnqueue(requestId: string): void;
  onProgress(progress: Progress): void;
  onUpdate(status: QueueStatus): void;
}

/** A video that was made. Models are not bound to give one. */
export type Made = Result<{ video?: FalFile; seed?: number } | undefined>;

/** A picture that is ready to be sent. */
export interface Picture {
  file: File;
  width: number;
  height: number;
  /** What was changed of the file that was chosen, in sentences. */
  notes: string[];
  /** A data URI of a few kilobytes at most. */
  thumbnail: string;
}

/** What the page saves with the id of a job. */
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
