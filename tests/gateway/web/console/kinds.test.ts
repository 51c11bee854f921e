// What a file is by its bytes: pictures made of pixels with their size, sound, and everything else.
import assert from "node:assert/strict";
import { test } from "node:test";

import { recognise } from "../../../../gateway/web/console/model/kinds.ts";

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array => {
  const whole = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));
  return new Uint8Array(Buffer.concat([whole, Buffer.alloc(64)]));
};
const png = bytes("\x89PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [0, 0, 2, 0, 0, 0, 1, 0]);
const jpeg = bytes([0xff, 0xd8, 0xff, 0xe0, 0, 6, 1, 2, 3, 4, 0xff, 0xc0, 0, 17, 8, 0, 100, 0, 200]);

test("pictures have a kind and a size", () => {
  assert.deepEqual(recognise(png), { kind: "image", mediaType: "image/png", pixels: 512 * 256 });
  assert.deepEqual(recognise(jpeg), { kind: "image", mediaType: "image/jpeg", pixels: 20_000 });
  assert.deepEqual(recognise(bytes("GIF89a", [10, 0, 20, 0])), { kind: "image", mediaType: "image/gif", pixels: 200 });
  assert.deepEqual(recognise(bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 4, 0, 0])), { kind: "image", mediaType: "image/webp", pixels: 50 });
  assert.deepEqual(recognise(bytes("RIFF", [0, 0, 0, 0], "WEBPVP8L", [0, 0, 0, 0, 0x2f, 9, 0, 1, 0])), { kind: "image", mediaType: "image/webp", pixels: 50 });
});

test("what claims to be a picture and has no size is none", () => {
  assert.equal(recognise(bytes("\x89PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR")).kind, "other");
  assert.equal(recognise(bytes([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff])).kind, "other");
  assert.equal(recognise(bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0x12, 0x34])).kind, "other");
});

test("sound", () => {
  for (const [head, type] of [["OggS", "audio/ogg"], ["ID3", "audio/mpeg"], ["\x1aE\xdf\xa3", "audio/webm"], ["\0\0\0\x20ftypM4A ", "audio/mp4"], ["RIFF\0\0\0\0WAVE", "audio/wav"]] as const) {
    assert.deepEqual(recognise(bytes(head)), { kind: "audio", mediaType: type, pixels: 0 });
  }
});

test("a PDF, where it begins as one", () => {
  assert.deepEqual(recognise(bytes("%PDF-1.7")), { kind: "pdf", mediaType: "application/pdf", pixels: 0 });
});

test("everything that could carry a program is a file to download", () => {
  for (const text of ["<!doctype html><script>", "<svg xmlns='http://www.w3.org/2000/svg'>", "\n%PDF-1.7", "PK\x03\x04", "MZ", "<?xml version='1.0'?>", "BM", ""]) {
    assert.deepEqual(recognise(bytes(text)), { kind: "other", mediaType: "application/octet-stream", pixels: 0 }, text);
  }
});

test("no beginning of a picture makes it fail", () => {
  for (const whole of [png, jpeg]) for (let length = 0; length < whole.length; ++length) recognise(whole.slice(0, length));
});
