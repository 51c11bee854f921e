// What a file is by its first bytes, of those kinds that are shown: pictures made of pixels, sound, and PDF,
// which is drawn. Everything else, and whatever has no size where it should stand, is a file to download.

export interface Kind {
  readonly kind: "image" | "audio" | "pdf" | "other";
  readonly mediaType: string;
  readonly pixels: number; // 0: no picture
}

const other: Kind = { kind: "other", mediaType: "application/octet-stream", pixels: 0 };
const sound = (mediaType: string): Kind => ({ kind: "audio", mediaType, pixels: 0 });

function begins(bytes: Uint8Array, text: string, at = 0): boolean {
  for (let i = 0; i < text.length; ++i) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function picture(mediaType: string, size: readonly [number, number] | undefined): Kind {
  const pixels = size === undefined ? 0 : size[0] * size[1];
  return pixels === 0 ? other : { kind: "image", mediaType, pixels };
}

/** `head`: the first bytes, enough to hold the size of a picture. */
export function recognise(head: Uint8Array): Kind {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 30) return other;
  if (begins(head, "%PDF-")) return { kind: "pdf", mediaType: "application/pdf", pixels: 0 };
  if (begins(head, "\u0089PNG\r\n\u001a\n") && begins(head, "IHDR", 12)) return picture("image/png", [view.getUint32(16), view.getUint32(20)]);
  if (begins(head, "GIF87a") || begins(head, "GIF89a")) return picture("image/gif", [view.getUint16(6, true), view.getUint16(8, true)]);
  if (begins(head, "\u00ff\u00d8\u00ff")) return picture("image/jpeg", jpegSize(head, view));
  if (begins(head, "RIFF") && begins(head, "WEBP", 8)) return picture("image/webp", webpSize(head, view));
  if (begins(head, "RIFF") && begins(head, "WAVE", 8)) return sound("audio/wav");
  if (begins(head, "OggS")) return sound("audio/ogg");
  if (begins(head, "ID3") || (head[0] === 0xff && [0xfb, 0xf3, 0xf2].includes(head[1]!))) return sound("audio/mpeg");
  if (begins(head, "\u001aE\u00df\u00a3")) return sound("audio/webm");
  if (begins(head, "ftyp", 4)) return sound("audio/mp4");
  return other;
}

// The size stands in the first frame header; segments before it are passed over.
function jpegSize(head: Uint8Array, view: DataView): readonly [number, number] | undefined {
  for (let at = 2; at + 9 < head.length; at += 2 + view.getUint16(at + 2)) {
    if (head[at] !== 0xff) return undefined;
    const marker = head[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  return undefined;
}

function webpSize(head: Uint8Array, view: DataView): readonly [number, number] | undefined {
  const three = (at: number): number => view.getUint16(at, true) + head[at + 2]! * 65_536;
  if (begins(head, "VP8X", 12)) return [three(24) + 1, three(27) + 1];
  if (begins(head, "VP8 ", 12)) return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (!begins(head, "VP8L", 12)) return undefined;
  const bits = view.getUint32(21, true);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}
