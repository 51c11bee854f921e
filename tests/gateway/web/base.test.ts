// gateway/web/shared/base: encodings, padding, hashes, signatures, HPKE, by published vectors.
import { XWing } from "../../../gateway/web/node_modules/@noble/post-quantum/hybrid.js";
import assert from "node:assert/strict";
import { createHash, hkdfSync } from "node:crypto";
import { describe, test } from "node:test";

import { equal, fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { SigningKey, verify } from "../../../gateway/web/shared/base/ed25519.ts";
import { hkdf, sha256, sha256Bulk, Sha256Stream } from "../../../gateway/web/shared/base/hash.ts";
import { keySchedule, openBase, publicKeyOf, sealBase } from "../../../gateway/web/shared/base/hpke.ts";
import { parseSigned, parseTolerant } from "../../../gateway/web/shared/base/messages.ts";
import { padmeLength } from "../../../gateway/web/shared/base/padding.ts";
import { isOrigin, isPlainText, parseDecimal } from "../../../gateway/web/shared/base/text.ts";
import { EventSchema, StatusChangeSchema } from "../../../gateway/web/shared/generated/safeconduct/v1/event_pb.ts";
import { fails, flipped, hex, pattern } from "./testing.ts";

describe("encodings take one spelling", () => {
  test("base64 (RFC 4648 §10) and hex", async () => {
    const vectors = [["", ""], ["f", "Zg=="], ["fo", "Zm8="], ["foo", "Zm9v"], ["foob", "Zm9vYg=="], ["fooba", "Zm9vYmE="], ["foobar", "Zm9vYmFy"]];
    for (const [text, encoded] of vectors) {
      assert.equal(toBase64(utf8(text!)), encoded);
      assert.equal(fromUtf8(fromBase64(encoded!)), text);
    }
    for (const bad of ["Zg", "Zg=", "Zh==", "Zm9v\n", " Zm9v", "Zm9v====", "Z===", "Zm-v"]) await fails(() => fromBase64(bad), "malformed");
    assert.equal(toHex(pattern(3)), "000102");
    for (const bad of ["0", "0G", "AB", " 00"]) await fails(() => fromHex(bad), "malformed");
  });

  test("UTF-8 is strict both ways", async () => {
    await fails(() => utf8("\ud800"), "malformed");
    for (const bad of ["ff", "c080", "eda080", "f4908080", "e282"]) await fails(() => fromUtf8(hex(bad)), "malformed");
    assert.equal(fromUtf8(hex("efbbbf41")), "\ufeffA");
  });

  test("decimals, origins, plain text", async () => {
    assert.equal(parseDecimal("18446744073709551615", (1n << 64n) - 1n), (1n << 64n) - 1n);
    for (const bad of ["", "01", "-1", "+1", "1 ", "1e3", "11"]) await fails(() => parseDecimal(bad, 10n), "malformed");
    assert.ok(isOrigin("example.org/log") && !isOrigin("a b") && !isOrigin("é") && !isOrigin("x".repeat(256)));
    assert.ok(isPlainText("é", 2) && !isPlainText("é", 1) && !isPlainText("a\n", 9) && !isPlainText("\u0085", 9));
  });
});

test("Padmé has the lengths of algorithm 1", () => {
  // From the paper's definition, computed with whole numbers.
  const reference = (length: bigint): bigint => {
    if (length < 2n) return length;
    const exponent = BigInt(length.toString(2).length - 1);
    const bits = BigInt(exponent.toString(2).length);
    const mask = (1n << (exponent - bits)) - 1n;
    return (length + mask) & ~mask;
  };
  for (let i = 0; i < 5000; ++i) assert.equal(padmeLength(i, 0), Number(reference(BigInt(i))));
  for (const length of [2 ** 20 + 1, 2 ** 31 - 1, 2 ** 32 + 3, 2 ** 40 + 12_345, 2 ** 50 + 1]) {
    const padded = padmeLength(length, 0);
    assert.equal(padded, Number(reference(BigInt(length))));
    assert.equal(padmeLength(padded, 0), padded, "a padded length stays");
    assert.ok(padded < length * 1.12);
  }
  assert.equal(padmeLength(5, 4096), 4096);
});

test("SHA-256 and HKDF are those of Node, by every way", async () => {
  for (const size of [0, 1, 55, 64, 1000]) {
    const expected = new Uint8Array(createHash("sha256").update(pattern(size)).digest());
    assert.deepEqual(sha256(pattern(size)), expected);
    assert.deepEqual(await sha256Bulk(pattern(size)), expected);
    assert.deepEqual(await sha256Bulk(pattern(size).subarray(0, size >> 1), pattern(size).subarray(size >> 1)), expected);
    const stream = new Sha256Stream();
    stream.update(pattern(size).subarray(0, size >> 1));
    stream.update(pattern(size).subarray(size >> 1));
    assert.deepEqual(stream.digest(), expected);
  }
  assert.deepEqual(hkdf(pattern(32), "info"), new Uint8Array(hkdfSync("sha256", pattern(32), "", "info", 32)));
});

describe("Ed25519", () => {
  // RFC 8032 §7.1, tests 1 and 3.
  const vectors = [
    ["9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"],
    ["c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"],
  ];

  test("makes and verifies RFC 8032's signatures", () => {
    for (const [seed, publicKey, message, signature] of vectors) {
      const key = SigningKey.fromSeed(hex(seed!));
      assert.equal(toHex(key.publicKey), publicKey);
      assert.equal(toHex(key.sign(hex(message!))), signature);
      verify(key.publicKey, hex(message!), hex(signature!));
    }
  });

  test("no bit of a signature can be changed, and no key of small order signs everything", async () => {
    const key = SigningKey.fromSeed(pattern(32));
    const signature = key.sign(utf8("text"));
    for (let bit = 0; bit < 512; bit += 7) await fails(() => verify(key.publicKey, utf8("text"), flipped(signature, bit)), "unverified");
    await fails(() => verify(key.publicKey, utf8("texT"), signature), "unverified");
    await fails(() => verify(key.publicKey, utf8("text"), signature.subarray(1)), "unverified");
    const identity = hex("01" + "00".repeat(31)); // the neutral point as key and as R, S = 0
    await fails(() => verify(identity, utf8("anything"), hex("01" + "00".repeat(63))), "unverified");
  });
});

describe("HPKE", () => {
  test("has RFC 9180's key schedule (appendix A.2.1)", () => {
    const shared = hex("0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7");
    const { key, baseNonce } = keySchedule(0x0020, shared, hex("4f6465206f6e2061204772656369616e2055726e"));
    assert.equal(toHex(key), "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91");
    assert.equal(toHex(baseNonce), "5c4d98150661b848853b547f");
  });

  test("has the KEM of draft-connolly-cfrg-xwing-kem (appendix C, first vector)", () => {
    const seed = hex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
    const random = hex("3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e235b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2");
    const { cipherText, sharedSecret } = XWing.encapsulate(publicKeyOf(seed), random);
    assert.equal(toHex(sharedSecret), "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384");
    assert.ok(equal(XWing.decapsulate(cipherText, seed), sharedSecret));
  });

  test("opens with the same info and aad only, and no changed ciphertext", async () => {
    const seed = pattern(32);
    const sealed = sealBase(publicKeyOf(seed), utf8("info"), utf8("aad"), pattern(48));
    assert.deepEqual(openBase(seed, sealed, utf8("info"), utf8("aad")), pattern(48));
    await fails(() => openBase(seed, sealed, utf8("Info"), utf8("aad")), "wrong_key");
    await fails(() => openBase(seed, sealed, utf8("info"), utf8("")), "wrong_key");
    await fails(() => openBase(pattern(64).subarray(32), sealed, utf8("info"), utf8("aad")), "wrong_key");
    for (let bit = 0; bit < 8 * 64; bit += 41) {
      const changed = { ...sealed, ciphertext: flipped(sealed.ciphertext, bit) };
      await fails(() => openBase(seed, changed, utf8("info"), utf8("aad")), "wrong_key");
    }
    await fails(() => openBase(seed, { ...sealed, encapsulated: sealed.encapsulated.subarray(1) }, utf8("info"), utf8("aad")), "malformed");
  });

  test("refuses public keys that no seed gives, and encapsulated keys of small order", async () => {
    const good = publicKeyOf(pattern(32));
    const unreduced = good.slice(); // a coefficient of 4095, where 3328 is the greatest
    unreduced[0] = 0xff;
    unreduced[1]! |= 0x0f;
    const smallOrder = good.slice().fill(0, -32);
    for (const bad of [unreduced, smallOrder, good.subarray(1)]) {
      await fails(() => sealBase(bad, utf8(""), utf8(""), pattern(16)), "malformed");
    }
    const sealed = sealBase(good, utf8(""), utf8(""), pattern(16));
    const encapsulated = sealed.encapsulated.slice().fill(0, -32);
    await fails(() => openBase(pattern(32), { ...sealed, encapsulated }, utf8(""), utf8("")), "malformed");
  });
});

describe("what is signed has nothing that is not known", () => {
  test("an unknown field or value is unsupported at any depth, and dropped where it is tolerated", async () => {
    const field15 = hex("7a0101"); // field 15, one byte
    await fails(() => parseSigned(StatusChangeSchema, field15, 100), "unsupported");
    assert.equal(parseTolerant(StatusChangeSchema, field15, 100).status, 0);
    await fails(() => parseSigned(EventSchema, hex("42037a0101"), 100), "unsupported"); // status { 15 }
    await fails(() => parseSigned(EventSchema, hex("42020863"), 100), "unsupported"); // status 99
    assert.ok(parseSigned(EventSchema, hex("42020803"), 100));
  });

  test("bounds, cuts and text that is not UTF-8", async () => {
    await fails(() => parseSigned(EventSchema, hex("42020803"), 3), "too_large");
    await fails(() => parseSigned(EventSchema, hex("420208"), 100), "malformed");
    await fails(() => parseTolerant(EventSchema, hex("0a05ff"), 100), "malformed");
  });
});
