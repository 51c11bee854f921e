// The one thing of Exif that is kept: which way up a picture is.

const orientationTag = 0x0112;
const shortType = 3;

/** 1 to 8; 1 when a TIFF block says nothing that can be understood. */
export function orientationOf(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 14) return 1;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0, at = directory + 2; i < count && at + 12 <= tiff.length; ++i, at += 12) {
    if (view.getUint16(at, little) !== orientationTag || view.getUint16(at + 2, little) !== shortType) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** A TIFF block with nothing but the orientation. */
export function tiffWith(orientation: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8], // big-endian; the directory is at 8
    ...[0, 1, orientationTag >> 8, orientationTag & 0xff, 0, shortType, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0], // no other directory
  );
}

/** Whether a block is that of tiffWith: then nothing has to be taken out. */
export function isOnlyOrientation(tiff: Uint8Array): boolean {
  const own = tiffWith(orientationOf(tiff));
  return own.length === tiff.length && own.every((byte, i) => byte === tiff[i]);
}

export async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
}

/** The Latin-1 text of some bytes. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
