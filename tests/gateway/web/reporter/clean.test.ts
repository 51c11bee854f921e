// Hidden information is taken out, what is shown stays as it is, and what is damaged is said to be so. The
// files are made here, byte by byte, so that it is known what is hidden in them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateSync } from "node:zlib";

import pdf from "../../../../gateway/web/node_modules/@cantoo/pdf-lib/cjs/index.js";
import { strFromU8, strToU8, unzipSync, zipSync } from "../../../../gateway/web/node_modules/fflate/esm/index.mjs";
import type { Cleaned, Found } from "../../../../gateway/web/reporter/protocol.ts";
import { clean } from "../../../../gateway/web/reporter/worker/clean/clean.ts";
import { isOnlyOrientation, orientationOf, tiffWith } from "../../../../gateway/web/reporter/worker/clean/exif.ts";
import { chunk } from "../../../../gateway/web/reporter/worker/clean/png.ts";

const { PDFDocument, PDFName } = pdf;
const secret = "SECRET-PLACE";
const ascii = (text: string): Buffer => Buffer.from(text, "latin1");
const blob = (...parts: Uint8Array[]): Blob => new Blob([Buffer.concat(parts)]);

async function cleaned(file: Blob): Promise<{ bytes: Buffer; found: readonly Found[] }> {
  const result: Cleaned = await clean(file);
  assert.equal(result.result, "cleaned");
  assert.ok(result.result === "cleaned");
  return { bytes: Buffer.from(await result.content.arrayBuffer()), found: result.found };
}

// A TIFF block with an orientation and a text beside it.
function exif(orientation: number, order: "II" | "MM" = "II"): Buffer {
  const tiff = Buffer.alloc(26 + secret.length);
  const u16 = (at: number, value: number) => (order === "II" ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at));
  const u32 = (at: number, value: number) => (order === "II" ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at));
  tiff.write(order, 0);
  u16(2, 42);
  u32(4, 8);
  u16(8, 1);
  u16(10, 0x0112);
  u16(12, 3);
  u32(14, 1);
  u16(18, orientation);
  tiff.write(secret, 26);
  return tiff;
}

function segment(marker: number, body: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

const scan = Buffer.concat([segment(0xda, Buffer.alloc(10, 1)), Buffer.from([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4])]);
const tables = Buffer.concat([segment(0xdb, Buffer.alloc(65, 1)), segment(0xc0, Buffer.alloc(15, 2)), segment(0xc4, Buffer.alloc(20, 3))]);
const jfif = segment(0xe0, Buffer.concat([ascii("JFIF\0"), Buffer.from([1, 2, 0, 0, 1, 0, 1, 0, 0])]));
const soi = Buffer.from([0xff, 0xd8]);
const eoi = Buffer.from([0xff, 0xd9]);
const exifSegment = (orientation: number): Buffer => segment(0xe1, Buffer.concat([ascii("Exif\0\0"), exif(orientation)]));

describe("exif", () => {
  test("the orientation is read in both byte orders, and nothing else is kept", () => {
    for (const order of ["II", "MM"] as const) for (let i = 1; i <= 8; ++i) assert.equal(orientationOf(exif(i, order)), i);
    for (let i = 1; i <= 8; ++i) assert.equal(orientationOf(tiffWith(i)), i);
    assert.equal(isOnlyOrientation(tiffWith(6)), true);
    assert.equal(isOnlyOrientation(exif(6)), false);
  });

  test("what is cut anywhere says nothing", () => {
    const whole = exif(6);
    for (let length = 0; length < 22; ++length) assert.equal(orientationOf(whole.subarray(0, length)), 1, String(length));
  });
});

describe("jpeg", () => {
  const icc = segment(0xe2, Buffer.concat([ascii("ICC_PROFILE\0"), Buffer.alloc(20, 7)]));
  const adobe = segment(0xee, Buffer.concat([ascii("Adobe"), Buffer.alloc(7, 0)]));

  test("keeps what decoding needs and the orientation, and nothing else", async () => {
    const file = blob(
      soi, jfif, exifSegment(6), segment(0xe1, ascii(`http://ns.adobe.com/xap/1.0/\0${secret}`)), segment(0xed, ascii(secret)),
      icc, adobe, segment(0xfe, ascii(secret)), tables, scan, tables, scan, eoi, ascii(secret),
    );
    const { bytes, found } = await cleaned(file);
    const kept = segment(0xe1, Buffer.concat([ascii("Exif\0\0"), tiffWith(6)]));
    assert.deepEqual(bytes, Buffer.concat([soi, jfif, kept, icc, adobe, tables, scan, tables, scan, eoi]));
    assert.deepEqual([...found].sort(), ["comments", "location", "other", "preview"]);
    const again = await cleaned(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    assert.deepEqual(again, { bytes, found: [] });
  });

  test("JFIF loses its small picture", async () => {
    const withPreview = segment(0xe0, Buffer.concat([ascii("JFIF\0"), Buffer.from([1, 2, 0, 0, 1, 0, 1, 1, 1]), Buffer.from([9, 9, 9])]));
    const { bytes, found } = await cleaned(blob(soi, withPreview, tables, scan, eoi));
    assert.deepEqual(bytes, Buffer.concat([soi, jfif, tables, scan, eoi]));
    assert.deepEqual(found, ["preview"]);
  });

  test("what is cut anywhere is damaged, never half cleaned", async () => {
    const whole = Buffer.concat([soi, jfif, exifSegment(3), tables, scan, eoi]);
    for (let length = 4; length < whole.length; ++length) {
      assert.deepEqual(await clean(blob(whole.subarray(0, length))), { result: "damaged" }, String(length));
    }
  });
});

describe("png", () => {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const header = chunk("IHDR", Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
  const data = chunk("IDAT", deflateSync(Buffer.from([0, 0])));
  const end = chunk("IEND", new Uint8Array(0));

  test("keeps the picture and its orientation, and nothing else", async () => {
    const file = blob(
      signature, header, chunk("tEXt", ascii(`Comment\0${secret}`)), chunk("iTXt", ascii(secret)), chunk("tIME", Buffer.alloc(7)),
      chunk("eXIf", exif(8)), chunk("prVt", ascii(secret)), data, end, ascii(secret),
    );
    const { bytes, found } = await cleaned(file);
    assert.deepEqual(bytes, Buffer.concat([signature, header, chunk("eXIf", tiffWith(8)), data, end]));
    assert.deepEqual([...found].sort(), ["comments", "dates", "location", "other"]);
    assert.deepEqual((await cleaned(new Blob([bytes as Uint8Array<ArrayBuffer>]))).found, []);
  });

  test("the checksum of a chunk is the one that others wrote", () => {
    assert.equal(Buffer.from(end).toString("hex"), "0000000049454e44ae426082");
  });

  test("what is cut anywhere is damaged", async () => {
    const whole = Buffer.concat([signature, header, data, end]);
    for (let length = signature.length; length < whole.length; ++length) {
      assert.deepEqual(await clean(blob(whole.subarray(0, length))), { result: "damaged" }, String(length));
    }
  });
});

describe("webp", () => {
  const part = (type: string, data: Uint8Array): Buffer => {
    const head = Buffer.alloc(8);
    head.write(type, "latin1");
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length & 1)]);
  };
  const riff = (...parts: Buffer[]): Buffer => {
    const body = Buffer.concat([ascii("WEBP"), ...parts]);
    return part("RIFF", body);
  };
  const flags = (value: number): Buffer => part("VP8X", Buffer.from([value, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  const image = part("VP8 ", Buffer.alloc(11, 5));

  test("keeps the picture and its orientation, and nothing else", async () => {
    const { bytes, found } = await cleaned(blob(riff(flags(0x2c), part("ICCP", Buffer.alloc(4)), image, part("EXIF", exif(5)), part("XMP ", ascii(secret)))));
    assert.deepEqual(bytes, riff(flags(0x28), part("ICCP", Buffer.alloc(4)), image, part("EXIF", tiffWith(5))));
    assert.deepEqual(found, ["location", "comments"]);
  });

  test("without an orientation nothing of Exif stays; what follows is cut off", async () => {
    const { bytes } = await cleaned(blob(riff(flags(0x0c), image, part("EXIF", exif(1))), ascii(secret)));
    assert.deepEqual(bytes, riff(flags(0), image));
  });
});

describe("mp4", () => {
  const box = (type: string, ...content: Uint8Array[]): Buffer => {
    const body = Buffer.concat(content);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length + 8);
    head.write(type, 4, "latin1");
    return Buffer.concat([head, body]);
  };
  const u32 = (...values: number[]): Buffer => {
    const out = Buffer.alloc(values.length * 4);
    values.forEach((value, i) => out.writeUInt32BE(value >>> 0, i * 4));
    return out;
  };
  const times = (name: string): Buffer => box(name, u32(0, 111, 222, 333, 444));
  const handler = (type: string): Buffer => box("hdlr", u32(0, 0), ascii(type), u32(0, 0, 0), ascii("Maker's handler\0"));
  const track = (type: string, offset: number, size: number): Buffer =>
    box("trak", times("tkhd"), box("mdia", times("mdhd"), handler(type), box("minf", box("stbl",
      box("stsz", u32(0, 0, 1, size)), box("stsc", u32(0, 1, 1, 1, 1)), box("stco", u32(0, 1, offset))))));
  const head = box("ftyp", ascii("isom"), u32(0));
  const content = box("mdat", ascii("PICTURES"), ascii(secret));
  const film = (withPlaces: boolean): Buffer => Buffer.concat([
    head, content, box("moov", times("mvhd"), track("vide", head.length + 8, 8), ...(withPlaces ? [track("meta", head.length + 16, secret.length)] : []),
      box("udta", ascii(secret))), box("uuid", ascii(secret)),
  ]);

  test("metadata becomes free space, times zero, and the samples of hidden tracks zeros; nothing moves", async () => {
    const before = film(true);
    const { bytes, found } = await cleaned(blob(before));
    assert.equal(bytes.length, before.length);
    assert.ok(!bytes.includes(secret) && !bytes.includes("Maker") && !bytes.includes("udta") && !bytes.includes("uuid"));
    assert.ok(bytes.includes("PICTURES") && bytes.includes("vide"));
    assert.ok(!bytes.includes(u32(111, 222)) && bytes.includes(u32(333, 444)));
    assert.deepEqual([...found].sort(), ["dates", "location", "other"]);
    assert.deepEqual((await cleaned(new Blob([bytes as Uint8Array<ArrayBuffer>]))).found, []);
  });

  test("what is cut anywhere in its boxes is damaged", async () => {
    const whole = film(false);
    for (let length = 12; length < whole.length; ++length) {
      const boundaries = [head.length, head.length + content.length, whole.length - 8 - secret.length];
      if (boundaries.includes(length)) continue;
      assert.deepEqual(await clean(blob(whole.subarray(0, length))), { result: "damaged" }, String(length));
    }
  });

  test("pictures in the same form are said to be unknown", async () => {
    assert.deepEqual(await clean(blob(box("ftyp", ascii("heic"), u32(0)))), { result: "unknown" });
  });
});

describe("office", () => {
  test("properties, authors and previews go, text and pictures stay", async () => {
    const picture = Buffer.concat([soi, exifSegment(1), tables, scan, eoi]);
    const file = zipSync({
      "[Content_Types].xml": strToU8("<Types/>"),
      "_rels/.rels": strToU8('<Relationships><Relationship Id="a" Type="x/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/><Relationship Id="b" Type="x/officeDocument" Target="word/document.xml"/></Relationships>'),
      "docProps/core.xml": strToU8(`<c><dc:creator>${secret}</dc:creator></c>`),
      "docProps/thumbnail.jpeg": picture,
      "word/document.xml": strToU8(`<w:ins w:id="1" w:author="${secret}" w:date="2026-01-01">Text</w:ins>`),
      "word/media/image1.jpeg": picture,
    });
    const { bytes, found } = await cleaned(new Blob([file as Uint8Array<ArrayBuffer>]));
    const files = unzipSync(bytes);
    assert.deepEqual(Object.keys(files).sort(), ["[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml", "word/media/image1.jpeg"]);
    assert.ok(!Object.values(files).some((each) => strFromU8(each, true).includes(secret)));
    assert.equal(strFromU8(files["word/document.xml"]!), '<w:ins w:id="1" w:author="" w:date="2026-01-01">Text</w:ins>');
    assert.doesNotMatch(strFromU8(files["_rels/.rels"]!), /thumbnail/);
    assert.deepEqual([...found].sort(), ["author", "location", "preview"]);
  });

  test("OpenDocument keeps its type first and unpacked", async () => {
    const type = "application/vnd.oasis.opendocument.text";
    const file = zipSync({
      mimetype: [strToU8(type), { level: 0 }], "meta.xml": strToU8(secret), "Thumbnails/thumbnail.png": strToU8(secret),
      "content.xml": strToU8(`<a><dc:creator>${secret}</dc:creator>Text</a>`),
    });
    const { bytes } = await cleaned(new Blob([file as Uint8Array<ArrayBuffer>]));
    assert.equal(bytes.subarray(30, 38 + type.length).toString("latin1"), `mimetype${type}`);
    assert.equal(strFromU8(unzipSync(bytes)["content.xml"]!), "<a><dc:creator></dc:creator>Text</a>");
  });

  test("another zip file is unknown", async () => {
    assert.deepEqual(await clean(new Blob([zipSync({ a: strToU8("b") }) as Uint8Array<ArrayBuffer>])), { result: "unknown" });
  });
});

describe("pdf", () => {
  test("information, metadata and earlier versions go, pages stay", async () => {
    const document = await PDFDocument.create();
    document.addPage([100, 200]);
    document.setAuthor(secret);
    document.setProducer(secret);
    const stream = document.context.flateStream(secret, { Type: "Metadata", Subtype: "XML" });
    document.catalog.set(PDFName.of("Metadata"), document.context.register(stream));
    const { bytes, found } = await cleaned(new Blob([(await document.save({ useObjectStreams: false })) as Uint8Array<ArrayBuffer>]));
    const again = await PDFDocument.load(bytes, { updateMetadata: false });
    assert.equal(again.getPageCount(), 1);
    assert.equal(again.getAuthor(), undefined);
    assert.equal(again.catalog.get(PDFName.of("Metadata")), undefined);
    assert.ok(!bytes.includes("Metadata") && found.includes("author"));
  });

  test("what cannot be read is damaged", async () => {
    assert.deepEqual(await clean(blob(ascii("%PDF-1.7\nnothing"))), { result: "damaged" });
  });
});

test("any other file is unknown, an empty one too", async () => {
  for (const text of ["", "a", "hello, world"]) assert.deepEqual(await clean(blob(ascii(text))), { result: "unknown" });
});
