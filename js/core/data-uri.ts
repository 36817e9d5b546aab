/** A file as a base64 data URI, read by the browser where it can. */
export async function dataUri(file: Blob): Promise<string> {
  if (typeof FileReader === "undefined") return encoded(file);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject({ falCode: "invalid_argument", argument: "file", problem: "could not be read", cause: reader.error });
    reader.readAsDataURL(file);
  });
}

async function encoded(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  // Not more at once than a call takes arguments.
  for (let at = 0; at < bytes.length; at += 32_768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  }
  return `data:${file.type || "application/octet-stream"};base64,${btoa(text)}`;
}
