// gateway/web/shared/identity and age: receipt codes by BIP-39's vectors, parties by the design's
// formulas, age files as npm age-encryption reads them.
import { Decrypter, Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";
import { describe, test } from "node:test";

import { checkFileKey, openerWith, openFile, openHeader, openPayload, payloadSize, plaintextSize, sealFile, sealPayload, sealPayloadStream } from "../../../gateway/web/shared/age/age.ts";
import { parseHeader, parseSealedHeader } from "../../../gateway/web/shared/age/header.ts";
import { wrapHeader } from "../../../gateway/web/shared/age/wrap.ts";
import { concat, toHex, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { parseKeyFile } from "../../../gateway/web/shared/identity/keyFile.ts";
import { Party, type Purpose } from "../../../gateway/web/shared/identity/party.ts";
import { newReceiptCode, parseReceiptCode, receiptDigits, receiptWords, wordListFor, wordLists } from "../../../gateway/web/shared/identity/receiptCode.ts";
import { fails, flipped, gather, hex, pattern, streamOf } from "./testing.ts";

describe("receipt codes", () => {
  // The 128-bit vectors published with BIP-39.
  const vectors: Record<string, string> = {
    "00000000000000000000000000000000": "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f": "legal winner thank year wave sausage worth useful legal winner thank yellow",
    "80808080808080808080808080808080": "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
    ffffffffffffffffffffffffffffffff: "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
    "9e885d952ad362caeb4efe34a8e91bd2": "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
    c0ba5a8e914111210f2bd131f3d5e08d: "scheme spot photo card baby mountain device kick cradle pact join borrow",
    "23db8160a31d3e0dca3688ed941adbf3": "cat swing flag economy stadium alone churn speed unique patch report train",
    f30f8c1da665478f49b001d94c5fc452: "vessel ladder alter error federal sibling chat ability sun glass valve picture",
  };

  test("BIP-39 vectors", async () => {
    for (const [entropy, words] of Object.entries(vectors)) {
      assert.equal(await receiptWords(hex(entropy)), words);
      assert.equal(toHex(await parseReceiptCode(words)), entropy);
    }
  });

  test("both forms round-trip in every list", async () => {
    for (let i = 0; i < 20; ++i) {
      const code = newReceiptCode();
      assert.match(receiptDigits(code), /^(\d{5} ){9}\d{5}$/);
      assert.deepEqual(await parseReceiptCode(receiptDigits(code)), code);
      for (const list of wordLists) assert.deepEqual(await parseReceiptCode(await receiptWords(code, list)), code, list);
    }
  });

  test("case, accents, spacing, script and invisible characters do not matter", async () => {
    const code = hex("c0ba5a8e914111210f2bd131f3d5e08d");
    const words = vectors["c0ba5a8e914111210f2bd131f3d5e08d"]!;
    const digits = receiptDigits(code);
    const arabic = digits.replace(/\d/g, (digit) => String.fromCharCode(0x0660 + Number(digit)));
    const wide = digits.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
    const french = await receiptWords(code, "fr");
    const chinese = await receiptWords(code, "zh");
    const forms = [
      ...[words.toUpperCase(), words.replaceAll(" ", "\n  "), words.replaceAll(" ", ", "), `\ufeff${words}\u200e`],
      ...[digits.replaceAll(" ", ""), digits.replaceAll(" ", "-"), arabic, wide, `\u202e${digits}\u00a0`],
      ...[french.normalize("NFC"), french.normalize("NFD"), french.normalize("NFD").replace(/[\u0300-\u036f]/g, "")],
      ...[chinese.replaceAll(" ", ""), chinese],
    ];
    for (const form of forms) assert.deepEqual(await parseReceiptCode(form), code, form);
  });

  test("every wrong digit and every swap of neighbours names its group", async () => {
    const digits = receiptDigits(hex("9e885d952ad362caeb4efe34a8e91bd2"));
    for (let i = 0; i < digits.length; ++i) {
      if (digits[i] === " ") continue;
      const group = `group ${Math.floor(i / 6) + 1}`;
      for (let step = 1; step < 10; ++step) {
        const wrong = String((Number(digits[i]) + step) % 10);
        await fails(() => parseReceiptCode(digits.slice(0, i) + wrong + digits.slice(i + 1)), "malformed", group);
      }
      const next = digits[i + 1];
      if (next === undefined || next === " " || next === digits[i]) continue;
      await fails(() => parseReceiptCode(digits.slice(0, i) + next + digits[i] + digits.slice(i + 2)), "malformed", group);
    }
    const groups = digits.split(" ");
    await fails(() => parseReceiptCode([groups[1], groups[0], ...groups.slice(2)].join(" ")), "malformed", "group 1");
    await fails(() => parseReceiptCode(groups.slice(0, 9).join(" ")), "malformed", "group 10");
    await fails(() => parseReceiptCode([...groups, "12345"].join(" ")), "malformed", "");
    await fails(() => parseReceiptCode([groups[0], groups[1]!.slice(1), ...groups.slice(2)].join(" ")), "malformed", "group 2");
    await fails(() => parseReceiptCode(digits.replace(/\d$/, "x")), "malformed", "group 10");
    await fails(() => parseReceiptCode("9".repeat(50)), "malformed");
  });

  test("a wrong or missing word is named; a wrong one of the list fails the checksum", async () => {
    const words = vectors["23db8160a31d3e0dca3688ed941adbf3"]!.split(" ");
    await fails(() => parseReceiptCode(words.with(6, "churm").join(" ")), "malformed", "word 7");
    await fails(() => parseReceiptCode(words.slice(0, 11).join(" ")), "malformed", "word 12");
    await fails(() => parseReceiptCode([...words, "train"].join(" ")), "malformed", "");
    await fails(() => parseReceiptCode(words.with(0, "zone").join(" ")), "malformed", "");
    for (const none of ["", " \u200b", "x".repeat(5000)]) await fails(() => parseReceiptCode(none), "malformed", "");
  });

  test("a language has its list, or none", () => {
    assert.deepEqual(["en", "fr-CD", "ES", "pt-BR", "zh-Hans"].map(wordListFor), ["en", "fr", "es", "pt", "zh"]);
    assert.deepEqual(["sw", "ar", "english"].map(wordListFor), [undefined, undefined, undefined]);
  });
});

describe("parties", () => {
  const derive = (secret: Uint8Array, info: string): Uint8Array => new Uint8Array(hkdfSync("sha256", secret, "", info, 32));
  const publicKeyOf = (seed: Uint8Array): Uint8Array => {
    const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    const key = createPublicKey(createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
    return new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(-32));
  };

  test("each purpose has the key that the design's formula gives", () => {
    const party = Party.fromSeed(pattern(32));
    const keys = new Set<string>();
    for (const purpose of ["request", "event", "note", "cosignature"] as Purpose[]) {
      const expected = publicKeyOf(derive(pattern(32), `safeconduct/signing-key/${purpose}/v1`));
      assert.deepEqual(party.key(purpose).publicKey, expected);
      keys.add(toHex(expected));
    }
    assert.equal(keys.size, 4);
  });

  test("a reporter's identity is HKDF of the receipt code", () => {
    const seed = derive(pattern(16), "safeconduct/reporter-identity/v1");
    assert.equal(Party.fromReceiptCode(pattern(16)).recipient, Party.fromSeed(seed).recipient);
  });

  test("texts are those of age, both ways", async () => {
    const text = await generateHybridIdentity();
    const party = Party.parse(text);
    assert.equal(party.recipient, await identityToRecipient(text));
    assert.equal(party.revealIdentityText(), text);
    await fails(async () => Party.parse(await generateX25519Identity()), "unsupported");
    for (const bad of ["", text.slice(1), text.slice(0, -1), text.slice(0, -1) + "b", `${text.slice(0, 30)}${text.slice(30).toLowerCase()}`]) {
      await fails(() => Party.parse(bad), "malformed");
    }
  });

  test("key files: plain, wrapped, and what is none", async () => {
    const party = Party.generate();
    const file = `# created: 2026-01-02T03:04:05Z\r\n# public key: ${party.recipient}\n${party.revealIdentityText()}\n`;
    assert.equal((await parseKeyFile(utf8(file))).recipient, party.recipient);
    const encrypter = new Encrypter();
    encrypter.setPassphrase("correct horse");
    encrypter.setScryptWorkFactor(10);
    const wrapped = await encrypter.encrypt(file);
    assert.equal((await parseKeyFile(wrapped, "correct horse")).recipient, party.recipient);
    await fails(() => parseKeyFile(wrapped, "wrong"), "wrong_key");
    await fails(() => parseKeyFile(wrapped), "rejected");
    await fails(() => parseKeyFile(utf8("# nothing\n")), "malformed");
    await fails(() => parseKeyFile(utf8(file + file)), "malformed");
    const { header, payload } = await sealFile(utf8(file), [party.recipient]);
    await fails(() => parseKeyFile(concat(header, payload), "x"), "unsupported");
  });
});

describe("age files", () => {
  const parties = [1, 2, 3].map((number) => Party.fromSeed(new Uint8Array(32).fill(number)));
  const recipients = parties.map(({ recipient }) => recipient);
  const stranger = Party.fromSeed(new Uint8Array(32).fill(4));

  test("sizes are those of STREAM, and no others", () => {
    for (const plaintext of [0, 1, 65_535, 65_536, 65_537, 131_072, 1 << 20]) {
      assert.equal(plaintextSize(payloadSize(plaintext)), plaintext);
    }
    for (const none of [0, 31, 16 + 65_552 + 16, 16 + 65_552 + 1]) assert.equal(plaintextSize(none), undefined, String(none));
  });

  test("open for each recipient, in whatever place, and for nobody else", async () => {
    const file = await sealFile(pattern(70_000), recipients);
    assert.equal(parseSealedHeader(file.header).stanzas.length, 3);
    assert.equal(file.payload.length, payloadSize(70_000));
    for (const [i, party] of parties.entries()) {
      assert.deepEqual(await openFile(file, party), pattern(70_000));
      for (const place of [i, 0, 2, 7, -1]) assert.ok(await openHeader(file.header, party.at(place)));
    }
    await fails(() => openFile(file, stranger), "wrong_key");
    const decrypter = new Decrypter();
    decrypter.addIdentity(parties[1]!.revealIdentityText());
    assert.deepEqual(await decrypter.decrypt(concat(file.header, file.payload)), pattern(70_000));
  });

  test("no bit of payload or header can be changed, and nothing be cut", async () => {
    const file = await sealFile(pattern(100), [recipients[0]!]);
    const [party] = parties;
    for (let bit = 0; bit < 8 * file.payload.length; bit += 29) {
      await fails(() => openFile({ ...file, payload: flipped(file.payload, bit) }, party!), "unverified");
    }
    for (const cut of [0, 15, 16, 31, file.payload.length - 1]) {
      await fails(() => openFile({ ...file, payload: file.payload.subarray(0, cut) }, party!), "unverified");
    }
    for (let bit = 8 * (file.header.length - 44); bit < 8 * (file.header.length - 1); bit += 5) {
      await fails(() => openFile({ ...file, header: flipped(file.header, bit) }, party!), ["unverified", "malformed"]);
    }
    for (let size = 0; size < file.header.length; size += 53) await fails(() => parseHeader(file.header.subarray(0, size)), "malformed");
  });

  test("a file key opens only under the header that was made for it", async () => {
    const one = await sealFile(pattern(10), [recipients[0]!]);
    const other = await sealFile(pattern(10), [recipients[0]!]);
    const key = await openHeader(one.header, parties[0]!);
    assert.deepEqual(await openPayload(one, key), pattern(10));
    await checkFileKey(one.header, key);
    await fails(() => checkFileKey(other.header, key), "unverified");
    await fails(() => openPayload({ header: other.header, payload: one.payload }, key), "unverified");
  });

  test("a stanza of somebody else stands last, whatever its length", async () => {
    const { fileKey, payload } = await sealPayload(pattern(10));
    for (const length of [0, 1, 47, 48, 49, 95, 96, 3638]) {
      const last = { type: "example.org/other", args: ["a", "b"], body: pattern(length) };
      const header = wrapHeader(fileKey, [recipients[0]!], last);
      const { stanzas, size } = parseHeader(header);
      assert.equal(size, header.length);
      assert.deepEqual(stanzas[1], last);
      assert.deepEqual(await openFile({ header, payload }, parties[0]!), pattern(10));
      assert.deepEqual(await openFile({ header: wrapHeader(fileKey, [], last), payload }, openerWith(fileKey)), pattern(10));
      await fails(() => parseSealedHeader(header), "rejected");
    }
    await fails(() => wrapHeader(fileKey, []), "rejected");
  });

  test("a payload as a stream is sealed under its own file key, without a header", async () => {
    for (const size of [0, 1, 65_536, 200_001]) {
      const { fileKey, payload } = await sealPayloadStream(streamOf(pattern(size), 1000));
      const sealed = await gather(payload);
      assert.equal(sealed.length, payloadSize(size));
      assert.deepEqual(await openPayload({ header: wrapHeader(fileKey, [recipients[0]!]), payload: sealed }, fileKey), pattern(size));
    }
    const [one, other] = await Promise.all([sealPayload(pattern(3)), sealPayload(pattern(3))]);
    assert.notDeepEqual(one.fileKey, other.fileKey);
  });

  test("only post-quantum recipients are sealed to, and only such stanzas taken", async () => {
    const classic = await identityToRecipient(await generateX25519Identity());
    for (const bad of [classic, recipients[0]!.toUpperCase(), recipients[0]!.slice(0, -1), "age1pq1", ""]) {
      await fails(() => sealFile(pattern(1), [recipients[0]!, bad]), "malformed");
    }
    await fails(() => sealFile(pattern(1), []), "rejected");
    const encrypter = new Encrypter();
    encrypter.addRecipient(classic);
    const file = await encrypter.encrypt("x");
    await fails(() => parseSealedHeader(file.subarray(0, parseHeader(file).size)), "rejected");
    await fails(() => parseSealedHeader(file), "malformed");
    await fails(() => parseHeader(utf8("age-encryption.org/v2\n")), "unsupported");
    await fails(() => parseHeader(utf8("hello\n")), "malformed");
  });
});
