/**
 * The endpoints whose inputs and outputs this package knows. Fields, enums and ranges come from fal's published
 * documents. `seed` is newer, and comes from fal's generated types.
 *
 * @example Your own endpoints, by declaration merging
 * ```ts
 * declare module "fal-wasm" {
 *   interface EndpointTypeMap {
 *     "acme/upscaler": { input: { image_url: string | Blob }; output: { image: FalFile } };
 *   }
 * }
 * ```
 *
 * @example All endpoints of the official client's types, with its package as a development dependency (the endpoints
 * below keep the types they have here)
 * ```ts
 * import type { EndpointTypeMap as OfficialEndpoints } from "@fal-ai/client/endpoints";
 * declare module "fal-wasm" { interface EndpointTypeMap extends OfficialEndpoints {} }
 * ```
 */
export interface EndpointTypeMap {
  "fal-ai/kandinsky5-pro/image-to-video": {
    input: Kandinsky5ProImageToVideoInput;
    output: Kandinsky5VideoOutput;
  };
  "fal-ai/kandinsky5-pro/text-to-video": {
    input: Kandinsky5ProTextToVideoInput;
    output: Kandinsky5VideoOutput;
  };
  "fal-ai/kandinsky5/text-to-video": {
    input: Kandinsky5TextToVideoInput;
    output: Kandinsky5VideoOutput;
  };
  "fal-ai/kandinsky5/text-to-video/distill": {
    input: Kandinsky5TextToVideoDistillInput;
    output: Kandinsky5VideoOutput;
  };
}

/**
 * An endpoint id: one with known types, or any other.
 *
 * @example
 * ```ts
 * const endpointId: EndpointType = "fal-ai/kandinsky5/text-to-video";
 * ```
 */
export type EndpointType = keyof EndpointTypeMap | (string & {});

/**
 * An endpoint id as an argument. TypeScript infers `Id` from it; the editor offers the known ids.
 *
 * The official types have `Id extends EndpointType` instead. With that, a client could not be passed
 * to code typed against them: TypeScript would compare their thousand endpoints with each other, and
 * give up (TS2859).
 *
 * @example
 * ```ts
 * async function generate<Id extends string>(id: EndpointIdArgument<Id>, input: InputType<Id>) {
 *   return (await fal.subscribe(id, { input })).data;
 * }
 * ```
 */
export type EndpointIdArgument<Id extends string> = Id | keyof EndpointTypeMap;

/**
 * The input of an endpoint. For an endpoint outside {@link EndpointTypeMap}, any record.
 *
 * @example
 * ```ts
 * const input: InputType<"fal-ai/kandinsky5/text-to-video"> = { prompt: "a quiet sea", duration: "10s" };
 * ```
 */
export type InputType<Id extends string> = Id extends keyof EndpointTypeMap
  ? EndpointTypeMap[Id]["input"]
  : Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- an endpoint that is not known takes any JSON

/**
 * The output of an endpoint. For an endpoint outside {@link EndpointTypeMap}, `any`.
 *
 * @example
 * ```ts
 * const play = (output: OutputType<"fal-ai/kandinsky5/text-to-video">) => (video.src = output.video.url);
 * ```
 */
export type OutputType<Id extends string> = Id extends keyof EndpointTypeMap
  ? EndpointTypeMap[Id]["output"]
  : any; // oxlint-disable-line typescript/no-explicit-any -- an endpoint that is not known gives any JSON

/**
 * A file that a model made.
 *
 * @example
 * ```ts
 * const download = ({ url }: FalFile) => fetch(url);
 * ```
 */
export interface FalFile {
  /** Where to download it. No key is needed. */
  url: string;
  /**
   * Its MIME type. Not reliable: Kandinsky's videos come as `application/octet-stream`.
   */
  content_type?: string;
  /** Its name. */
  file_name?: string;
  /** Its size in bytes. */
  file_size?: number;
  /** Its bytes. The official types have this field; today's services give the URL only. */
  file_data?: string;
}

/**
 * Input of `fal-ai/kandinsky5-pro/image-to-video`.
 *
 * @example
 * ```ts
 * const input: Kandinsky5ProImageToVideoInput = { prompt: "leaves moving", image_url: file, resolution: "1024P" };
 * ```
 */
export interface Kandinsky5ProImageToVideoInput {
  /** The prompt to generate the video from. */
  prompt: string;
  /** The picture to start from: a public URL, a data URI, or a `File` or `Blob`. */
  image_url: string | Blob | File;
  /** The short side of the video. Default value: `"512P"` */
  resolution?: "512P" | "1024P";
  /** The length of the video. The service takes only `"5s"`, which is the default value. */
  duration?: "5s" | (string & {});
  /** Denoising steps, 1 to 40. Default value: `28` */
  num_inference_steps?: number;
  /** Acceleration level for faster generation. Default value: `"regular"` */
  acceleration?: "none" | "regular";
  /** Makes a run repeatable. Default value: chosen by the service */
  seed?: number;
}

/**
 * Input of `fal-ai/kandinsky5-pro/text-to-video`.
 *
 * @example
 * ```ts
 * const input: Kandinsky5ProTextToVideoInput = { prompt: "a quiet sea", aspect_ratio: "2:3", seed: 7 };
 * ```
 */
export interface Kandinsky5ProTextToVideoInput {
  /** The prompt to generate the video from. */
  prompt: string;
  /** The short side of the video. Default value: `"512P"` */
  resolution?: "512P" | "1024P";
  /** Width to height of the video. Default value: `"3:2"` */
  aspect_ratio?: "3:2" | "1:1" | "2:3";
  /** The length of the video. The service takes only `"5s"`, which is the default value. */
  duration?: "5s" | (string & {});
  /** Denoising steps, 1 to 50. Default value: `28` */
  num_inference_steps?: number;
  /** Acceleration level for faster generation. Default value: `"regular"` */
  acceleration?: "none" | "regular";
  /** Makes a run repeatable. Default value: chosen by the service */
  seed?: number;
}

/**
 * Input of `fal-ai/kandinsky5/text-to-video`.
 *
 * @example
 * ```ts
 * const input: Kandinsky5TextToVideoInput = { prompt: "a quiet sea", duration: "10s" };
 * ```
 */
export interface Kandinsky5TextToVideoInput {
  /** The prompt to generate the video from. */
  prompt: string;
  /**
   * The size for `"3:2"`, of which the service makes the others. It takes only `"768x512"`, which
   * is the default value.
   */
  resolution?: "768x512" | (string & {});
  /** Width to height of the video. Default value: `"3:2"` */
  aspect_ratio?: "3:2" | "1:1" | "2:3";
  /** The length of the video. Default value: `"5s"` */
  duration?: "5s" | "10s";
  /** Denoising steps, 1 to 50. Default value: `30` */
  num_inference_steps?: number;
}

/**
 * Input of `fal-ai/kandinsky5/text-to-video/distill`.
 *
 * @example
 * ```ts
 * const input: Kandinsky5TextToVideoDistillInput = { prompt: "a quiet sea", aspect_ratio: "1:1" };
 * ```
 */
export interface Kandinsky5TextToVideoDistillInput {
  /** The prompt to generate the video from. */
  prompt: string;
  /**
   * The size for `"3:2"`, of which the service makes the others. It takes only `"768x512"`, which
   * is the default value.
   */
  resolution?: "768x512" | (string & {});
  /** Width to height of the video. Default value: `"3:2"` */
  aspect_ratio?: "3:2" | "1:1" | "2:3";
  /** The length of the video. Default value: `"5s"` */
  duration?: "5s" | "10s";
}

/**
 * Output of the four Kandinsky 5 endpoints.
 *
 * @example
 * ```ts
 * const play = ({ video: { url } }: Kandinsky5VideoOutput) => (video.src = url);
 * ```
 */
export interface Kandinsky5VideoOutput {
  /** The video, an MP4, though its `content_type` is `application/octet-stream`. */
  video: FalFile;
  /** The seed that was used. Given by the Pro endpoints. */
  seed?: number;
}
