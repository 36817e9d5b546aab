// Values that the programs of the README and of the doc comments use without declaring them, such as elements of a page.

declare const fileInput: { readonly files: readonly [File] };
declare const file: File;
declare const video: HTMLVideoElement;
declare const image: HTMLImageElement;
declare const canvas: HTMLCanvasElement;
declare const text: HTMLElement;
declare const bar: HTMLProgressElement;
declare const stopButton: HTMLButtonElement;
declare const form: HTMLFormElement;
declare const controller: AbortController;

declare const id: "fal-ai/kandinsky5-pro/image-to-video";
declare const input: { prompt: string; image_url: File };
declare const webhookUrl: string;
declare const requestId: string;
declare const body: string;
declare function readKey(): string;
declare function show(message: string | undefined): void;
declare function fetchLater(requestId: string): void;
declare function useEffect(effect: () => () => void, dependencies: unknown[]): void;
declare function setVideo(video: { url: string }): void;
declare function setError(error: unknown): void;
