// The format of a picture by its content: names and types of files are often wrong.

/** As many bytes as tell all formats apart. */
const HEAD_BYTES = 64;

/** The brands of ISO files that hold pictures. */
const HEIC_BRANDS = /^(?:hei[cxms]|hev[cxms]|mif1|msf1)/;
const AVIF_BRANDS = /avif|avis/;

/**
 * @param {Blob} file
 * @returns {Promise<string | undefined>} such as `JPEG`; undefined if it is none of the usual ones
 */
export async function formatOf(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const head = String.fromCharCode(...bytes);
  if (head.startsWith("\u00FF\u00D8\u00FF")) return "JPEG";
  if (head.startsWith("\u0089PNG\r\n")) return "PNG";
  if (head.startsWith("GIF8")) return "GIF";
  if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) return "WebP";
  if (head.startsWith("BM")) return "BMP";
  if (head.startsWith("II*\0") || head.startsWith("MM\0*")) return "TIFF";
  if (head.startsWith("ftyp", 4)) return isoFormat(head.slice(8));
  return undefined;
}

/**
 * HEIC and AVIF share a container. An AVIF may name its own brand second.
 * @param {string} brands
 */
function isoFormat(brands) {
  if (AVIF_BRANDS.test(brands)) return "AVIF";
  return HEIC_BRANDS.test(brands) ? "HEIC" : undefined;
}
