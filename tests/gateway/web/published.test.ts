// gateway/web/shared/charter/published.ts: the charter as a gateway serves it, and every way to be refused;
// and tlog/proof.ts by the vectors of tests/vectors/charterlog, which a second implementation made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { fromBase64, fromUtf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { SigningKey } from "../../../gateway/web/shared/base/ed25519.ts";
import { SafeconductError } from "../../../gateway/web/shared/base/error.ts";
import { logEntry, openPublished } from "../../../gateway/web/shared/charter/published.ts";
import { keyTypes, makeVerifierKey, parseVerifierKey, serializeNote, signNote } from "../../../gateway/web/shared/note/note.ts";
import { parseWitnessKey } from "../../../gateway/web/shared/tlog/checkpoint.ts";
import { checkLogProof, parseLogProof } from "../../../gateway/web/shared/tlog/proof.ts";
import { checkpointText, cosignatureLine, keyFromSeed, leafHash, proofText } from "../../vectors/charterlog/charterlog.ts";
import { vectors } from "../../vectors/charterlog/generate.ts";
import { charterExpiry, charterJson, charterNote, charterText, fails, logKey, logVerifier, trust } from "./testing.ts";

const now = 1_800_000_000;
const day = 86_400;

describe("the vectors of the charters' log", () => {
  test("are what the generator makes", () => {
    const stored = JSON.parse(readFileSync(new URL("../../vectors/charterlog/proofs.json", import.meta.url), "utf8"));
    assert.deepEqual(stored, vectors);
  });

  test("entries", () => {
    for (const { text, entry } of vectors.entries) assert.equal(fromUtf8(logEntry(text)), entry);
  });

  test("proofs hold or not", () => {
    const log = parseVerifierKey(vectors.log);
    const policy = { witnesses: vectors.witnesses.map(parseWitnessKey), now: vectors.now, maxAgeSeconds: vectors.maxAgeSeconds };
    for (const { name, proof, entry, threshold, verdict } of vectors.cases) {
      let found = "ok";
      try {
        checkLogProof(parseLogProof(proof), fromBase64(entry), log, { ...policy, threshold });
      } catch (error) {
        assert.ok(error instanceof SafeconductError, String(error));
        found = error.code;
      }
      assert.equal(found, verdict, name);
    }
  });
});

describe("a charter that a gateway serves", () => {
  const witnessNames = ["w0.example", "w1.example", "w2.example"];
  const witnessSeeds = witnessNames.map((_, i) => new Uint8Array(32).fill(61 + i));
  const witnesses = witnessNames.map((name, i) => makeVerifierKey(name, SigningKey.fromSeed(witnessSeeds[i]!).publicKey, keyTypes.cosignature));

  const textOf = (version: number, json: unknown = charterJson()): string => charterText(json, version);

  interface Shape {
    readonly size?: number;
    readonly index?: number;
    readonly origin?: string;
    readonly key?: SigningKey;
    readonly times?: readonly number[];
    readonly last?: string; // text of the newest charter of the log
  }
  /** The document of charter `version`, with the proof of this shape. */
  function documentOf(version: number, shape: Shape = {}, text = textOf(version)): { note: string; proof: string } {
    const { size = version, index = version - 1, origin = trust.origin, key = logKey, times = [], last = text } = shape;
    const leaves = Array.from({ length: size }, (_, i) => leafHash(logEntry(i === version - 1 ? last : textOf(i + 1))));
    const checkpoint = checkpointText(origin, leaves);
    const signed = serializeNote(signNote({ text: checkpoint, signatures: [] }, origin, key)).slice(checkpoint.length + 1);
    const cosigned = times.map((time, i) => cosignatureLine(checkpoint, witnessNames[i]!, keyFromSeed(witnessSeeds[i]!), time));
    return { note: charterNote(text), proof: proofText(index, leaves, checkpoint, signed + cosigned.join("")) };
  }

  test("is taken when it is the newest of its log", () => {
    for (let version = 1; version <= 5; version += 1) {
      const { charter, checkpoint } = openPublished(documentOf(version), trust, now);
      assert.deepEqual([charter.version, checkpoint.size], [BigInt(version), BigInt(version)]);
    }
  });

  test("without a proof", () => fails(() => openPublished({ ...documentOf(2), proof: "" }, trust, now), "unverified", "proof"));

  test("with what is no proof", () => fails(() => openPublished({ ...documentOf(2), proof: "proof" }, trust, now), "malformed"));

  test("with the proof of another charter", async () => {
    await fails(() => openPublished({ ...documentOf(3), proof: documentOf(2).proof }, trust, now), "unverified");
    const other = charterJson();
    other.channels[0].limits.attachments = 1;
    await fails(() => openPublished(documentOf(3, { last: textOf(3, other) }), trust, now), "unverified");
  });

  test("that is not the newest one", async () => {
    await fails(() => openPublished(documentOf(2, { size: 3 }), trust, now), "conflict", "version");
    await fails(() => openPublished(documentOf(2), trust, now, 3n), "rejected", "version");
  });

  test("with a checkpoint that was forged, or is another log's", async () => {
    const stranger = SigningKey.fromSeed(new Uint8Array(32).fill(77));
    await fails(() => openPublished(documentOf(2, { key: stranger }), trust, now), "unverified");
    await fails(() => openPublished(documentOf(2, { origin: logVerifier.name }), trust, now), "unverified");
    const { note, proof } = documentOf(2);
    await fails(() => openPublished({ note, proof: proof.replace(`${trust.origin}\n2\n`, `${trust.origin}\n3\n`) }, trust, now), "unverified");
  });

  test("of a log that the trust file does not name", async () => {
    await fails(() => openPublished(documentOf(2), { ...trust, logs: [] }, now), "rejected", "log");
    const other = makeVerifierKey(logVerifier.name, new Uint8Array(32).fill(3));
    await fails(() => openPublished(documentOf(2), { ...trust, logs: [other] }, now), "rejected", "log");
  });

  test("cosigned by too few, or too long ago", async () => {
    const watched = { ...trust, witnesses, witnessThreshold: 2 };
    assert.ok(openPublished(documentOf(2, { times: [now, now - 7 * day] }), watched, now));
    await fails(() => openPublished(documentOf(2), watched, now), "unverified", "witnesses");
    await fails(() => openPublished(documentOf(2, { times: [now] }), watched, now), "unverified", "witnesses");
    await fails(() => openPublished(documentOf(2, { times: [now, now - 7 * day - 1] }), watched, now), "expired", "witnesses");
    await fails(() => openPublished(documentOf(2, { times: [now, now + 301] }), watched, now), "unverified", "witnesses");
  });

  test("the charter itself is checked first", async () => {
    const { proof } = documentOf(2);
    await fails(() => openPublished({ note: charterNote(textOf(2), [0]), proof }, trust, now), "unverified");
    await fails(() => openPublished(documentOf(2), trust, charterExpiry), "expired", "expiry");
    await fails(() => openPublished({ ...documentOf(2), proof: "" }, { ...trust, minimumVersion: 3n }, now), "rejected", "version");
  });
});
