// gateway/web/shared/quorum by the vectors of tests/vectors/quorum, and its own sealing opened again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { toHex } from "../../../gateway/web/shared/base/bytes.ts";
import { hasCode } from "../../../gateway/web/shared/base/error.ts";
import { publicKeyOf } from "../../../gateway/web/shared/base/hpke.ts";
import { type Context, encodeConsent, encodeContext, makeShare, type Share } from "../../../gateway/web/shared/quorum/format.ts";
import {
  combineShares,
  openHandover,
  openRelease,
  openShare,
  parseQuorumStanza,
  quorumType,
  sealHandover,
  sealQuorum,
  sealRelease,
  sealThrowAway,
} from "../../../gateway/web/shared/quorum/quorum.ts";
import { fails, flipped, hex, pattern } from "./testing.ts";

const vectors = (name: string): any[] =>
  JSON.parse(readFileSync(new URL(`../../vectors/quorum/${name}.json`, import.meta.url), "utf8")).cases;

const contextOf = (json: any): Context => ({
  channel: json.channel,
  reporter: hex(json.reporter),
  compartment: json.compartment,
  payloadDigest: hex(json.payload_digest),
  threshold: json.threshold,
  trustees: json.trustees,
});
const stanzas = new Map(
  vectors("stanza").map((one) => [one.name, { type: quorumType, args: one.args as string[], body: hex(one.body) }]),
);
const bytesOf = (json: Record<string, string>): any => Object.fromEntries(Object.entries(json).map(([name, value]) => [name, hex(value)]));

async function verdictOf(make: () => unknown): Promise<{ verdict: string; value?: any }> {
  try {
    return { verdict: "ok", value: await make() };
  } catch (error) {
    for (const code of ["wrong_key", "unverified", "malformed", "rejected"] as const) if (hasCode(error, code)) return { verdict: code };
    throw error;
  }
}

describe("the vectors of the quorum stanza", () => {
  test("stanzas parse, and contexts have their bytes", () => {
    for (const one of vectors("stanza")) {
      assert.equal(toHex(encodeContext(contextOf(one.context))), one.context_bytes, one.name);
      const { threshold, trustees } = parseQuorumStanza(stanzas.get(one.name)!);
      assert.deepEqual([threshold, trustees], one.args.map(Number), one.name);
    }
  });

  const opened: Record<string, (one: any) => Share> = {
    open: (one) => openShare(contextOf(one.context), stanzas.get(one.stanza)!, one.index, hex(one.seed)),
    release: (one) =>
      openRelease(contextOf(one.context), stanzas.get(one.stanza)!, one.index, bytesOf(one.release), hex(one.seed), hex(one.sealed)),
    handover: (one) =>
      openHandover(contextOf(one.context), stanzas.get(one.stanza)!, one.index, bytesOf(one.handover), hex(one.seed), hex(one.sealed)),
  };
  for (const [name, open] of Object.entries(opened)) {
    for (const one of vectors(name)) {
      test(`${name}: ${one.name}`, async () => {
        const { verdict, value } = await verdictOf(() => open(one));
        assert.equal(verdict, one.verdict);
        if (verdict !== "ok") return;
        assert.equal(toHex(value.bytes), one.share);
        assert.equal(encodeConsent(value.consent), one.consent);
      });
    }
  }

  for (const one of vectors("combine")) {
    test(`combine: ${one.name}`, async () => {
      const { verdict, value } = await verdictOf(() => {
        const shares = one.shares.map(({ index, bytes }: any) => ({ ...makeShare(1, hex(bytes)), index }));
        return combineShares(contextOf(one.context), stanzas.get(one.stanza)!, shares);
      });
      assert.equal(verdict, one.verdict);
      if (verdict === "ok") assert.equal(toHex(value), one.file_key);
    });
  }
});

describe("what the library seals to a quorum", () => {
  const seeds = [1, 2, 3].map((number) => new Uint8Array(32).fill(number));
  const keys = seeds.map(publicKeyOf);
  const context: Context = { channel: "conduct", reporter: pattern(32), compartment: "account", payloadDigest: pattern(32), threshold: 2, trustees: 3 };
  const consent = { contact: true, supportServices: false, investigators: true, nationalAuthorities: false };
  const fileKey = pattern(16);
  const [grantee, successor] = [new Uint8Array(32).fill(8), new Uint8Array(32).fill(9)];
  const release = { report: pattern(32), request: pattern(32), trustee: pattern(32), grantee: pattern(32) };
  const handover = { report: pattern(32), from: pattern(32), to: pattern(32) };

  test("opens for any two trustees' releases, also after a handover, and for no one alone", async () => {
    const stanza = await sealQuorum(context, fileKey, consent, keys);
    const own = seeds.map((seed, i) => openShare(context, stanza, i + 1, seed));
    assert.deepEqual(own[0]!.consent, consent);
    const handed = sealHandover(context, own[2]!, handover, publicKeyOf(successor));
    own[2] = openHandover(context, stanza, 3, handover, successor, handed);
    const released = own.map((share, i) =>
      openRelease(context, stanza, i + 1, release, grantee, sealRelease(context, share, release, publicKeyOf(grantee))),
    );
    for (const [a, b] of [[0, 1], [1, 2], [2, 0]] as const) {
      assert.deepEqual(await combineShares(context, stanza, [released[a]!, released[b]!]), fileKey);
    }
    await fails(() => combineShares(context, stanza, released.slice(0, 1)), "rejected");
    await fails(() => openShare(context, stanza, 2, seeds[0]!), "wrong_key");
    await fails(() => openShare({ ...context, compartment: "identity" }, stanza, 1, seeds[0]!), "wrong_key");
    await fails(() => openShare(context, { ...stanza, body: flipped(stanza.body, 8 * 40) }, 1, seeds[0]!), "malformed");
    const other = await sealThrowAway(context, consent, keys);
    assert.equal(other.body.length, stanza.body.length);
    await fails(() => combineShares(context, other, released), "unverified");
  });

  test("needs a quorum that can be, and a key for each trustee", async () => {
    for (const [threshold, trustees] of [[1, 3], [4, 3], [2, 17], [2.5, 3]] as const) {
      await fails(() => sealQuorum({ ...context, threshold, trustees }, fileKey, consent, keys), "malformed");
    }
    await fails(() => sealQuorum(context, fileKey, consent, keys.slice(1)), "malformed");
    await fails(() => sealQuorum(context, fileKey, consent, [...keys.slice(1), pattern(1216)]), "malformed");
  });
});
