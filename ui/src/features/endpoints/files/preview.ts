const textBytesMax = 256 * 1024;
const imageBytesMax = 20 * 1024 * 1024;

/** Images that hold nothing but an image. SVG is a page, and is shown as its text. */
export const isImage = (name: string): boolean => /\.(png|jpe?g|gif|webp|avif|bmp|ico)$/i.test(name);

export const bytesMaxOf = (name: string): number => (isImage(name) ? imageBytesMax : textBytesMax);

/** The text of a file's beginning; null when it is none. A character that was cut at the end is left out. */
export function textOfBytes(bytes: Uint8Array): string | null {
  if (bytes.subarray(0, 8_192).includes(0)) return null;
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
  const strange = text.slice(0, 4_096).match(/\uFFFD/g)?.length ?? 0;
  // A few odd bytes are an old encoding; many are no text at all.
  if (strange === 0) return text;
  return strange > Math.min(4_096, text.length) * 0.3 ? null : new TextDecoder('windows-1252').decode(bytes);
}
