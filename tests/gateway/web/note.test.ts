// gateway/web/shared/note and tlog: the published note of Go, the reference trees of RFC 6962, and
// every proof over trees of up to 70 leaves by the RFC's own slow definition.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { concat, toBase64, toHex, uint64, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { SigningKey } from "../../../gateway/web/shared/base/ed25519.ts";
import {
  countSigners,
  formatVerifierKey,
  keyTypes,
  makeVerifierKey,
  openNote,
  parseNote,
  parseVerifierKey,
  serializeNote,
  signNote,
} from "../../../gateway/web/shared/note/note.ts";
import { agree, checkWitnessed, openCheckpoint, parseCheckpoint, parseWitnessKey, readCosignatures } from "../../../gateway/web/shared/tlog/checkpoint.ts";
import { checkCharterProof, checkLogProof, parseLogProof } from "../../../gateway/web/shared/tlog/proof.ts";
import { emptyRoot, Frontier, leafHash, leafHashBulk, nodeHash, verifyConsistency, verifyInclusion } from "../../../gateway/web/shared/tlog/tree.ts";
import { fails, flipped, hex, logKey, logVerifier } from "./testing.ts";

describe("signed notes", () => {
  // The example of Go's golang.org/x/mod/sumdb/note, from which c2sp.org/signed-note comes.
  const neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  const enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const neumannLine = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const enochLine = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
  const keys = [parseVerifierKey(neumann), parseVerifierKey(enoch)];
  const note = `${text}\n${neumannLine}${enochLine}`;

  test("Go's example opens, as far as enough known keys signed", async () => {
    assert.equal(openNote(note, keys, 2), text);
    assert.equal(openNote(note, keys.slice(0, 1), 1), text);
    await fails(() => openNote(note, keys.slice(0, 1), 2), "unverified");
    await fails(() => openNote(note, [logVerifier], 0), "unverified");
  });

  test("signing gives the signature of Go's example", () => {
    const material = Buffer.from("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", "base64");
    const key = SigningKey.fromSeed(material.subarray(1));
    assert.equal(serializeNote(signNote({ text, signatures: [] }, "PeterNeumann", key)), `${text}\n${neumannLine}`);
    assert.equal(formatVerifierKey(makeVerifierKey("PeterNeumann", key.publicKey)), neumann);
  });

  test("parses and serializes to the same bytes", () => {
    for (const each of [note, `a\n\nb\n\n${neumannLine}`]) assert.equal(serializeNote(parseNote(each)), each);
  });

  test("one key counts once, a bad signature of a known key spoils the note, two like keys are refused", async () => {
    const key = SigningKey.fromSeed(new Uint8Array(32).fill(5));
    let signed = signNote({ text, signatures: [] }, "one", key);
    signed = signNote(signed, "two", key);
    const both = ["one", "two"].map((name) => makeVerifierKey(name, key.publicKey));
    assert.equal(countSigners(signed, both), 1);
    const spoiled = { ...signed, text: `${text}more\n` };
    await fails(() => countSigners(spoiled, both), "unverified");
    await fails(() => countSigners(signed, [both[0]!, { ...both[0]!, key: logVerifier.key }]), "rejected");
  });

  test("what is no note, and what is no vkey", async () => {
    for (const bad of ["", text, `${text}\n`, `${text}\n${neumannLine.trimEnd()}`, note.replace("—", "-"), `a\tb\n\n${neumannLine}`, `\ud800\n\n${neumannLine}`, `${text}\n— x AAAA\n`]) {
      await fails(() => parseNote(bad), "malformed");
    }
    await fails(() => parseNote(`${"x".repeat(1 << 20)}\n\n${neumannLine}`), "too_large");
    await fails(() => parseNote(`${text}\n${neumannLine.repeat(65)}`), "too_large");
    for (let i = 0; i < neumann.length; ++i) {
      const other = String.fromCharCode(neumann.charCodeAt(i) ^ 1);
      await fails(() => parseVerifierKey(neumann.slice(0, i) + other + neumann.slice(i + 1)), ["malformed", "unsupported"]);
      await fails(() => parseVerifierKey(neumann.slice(0, i)), ["malformed", "unsupported"]);
    }
    await fails(() => parseWitnessKey(neumann), "unsupported");
    for (const name of ["", "a b", "a+b", "a\u00a0b", "\u0001"]) await fails(() => makeVerifierKey(name, logVerifier.key), "rejected");
  });
});

// --- RFC 6962 §2.1, as it stands there: slow, recursive, over the leaves themselves ---------------

function splitOf(size: number): number {
  let split = 1;
  while (2 * split < size) split *= 2;
  return split;
}

function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot();
  if (leaves.length === 1) return leaves[0]!;
  const split = splitOf(leaves.length);
  return nodeHash(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

function naivePath(leaf: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return leaf < split ? [...naivePath(leaf, left), naiveRoot(right)] : [...naivePath(leaf - split, right), naiveRoot(left)];
}

function naiveSubproof(old: number, leaves: readonly Uint8Array[], known: boolean): Uint8Array[] {
  if (old === leaves.length) return known ? [] : [naiveRoot(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return old <= split
    ? [...naiveSubproof(old, left, known), naiveRoot(right)]
    : [...naiveSubproof(old - split, right, false), naiveRoot(left)];
}

describe("Merkle trees", () => {
  const leaves = Array.from({ length: 70 }, (_, i) => leafHash(utf8(`entry ${i}`)));

  test("roots of the reference trees that Certificate Transparency's implementations share", async () => {
    const entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const roots = [
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    const frontier = new Frontier();
    assert.equal(toHex(frontier.root()), roots[0]);
    for (const [i, entry] of entries.entries()) {
      assert.deepEqual(await leafHashBulk(hex(entry)), leafHash(hex(entry)));
      frontier.append(leafHash(hex(entry)));
      assert.equal(toHex(frontier.root()), roots[i + 1]);
    }
  });

  test("each leaf's proof holds, at each size, and only for this leaf, size and root", async () => {
    for (let size = 1; size <= leaves.length; size += size < 18 ? 1 : 13) {
      const tree = leaves.slice(0, size);
      const root = naiveRoot(tree);
      for (let i = 0; i < size; ++i) {
        const proof = naivePath(i, tree);
        verifyInclusion(BigInt(i), BigInt(size), leaves[i]!, root, proof);
        await fails(() => verifyInclusion(BigInt(i), BigInt(size), flipped(leaves[i]!, i), root, proof), "unverified");
        await fails(() => verifyInclusion(BigInt(i), BigInt(size), leaves[i]!, flipped(root, i), proof), "unverified");
        await fails(() => verifyInclusion(BigInt(i), BigInt(size), leaves[i]!, root, [...proof, root]), "unverified");
        if (proof.length > 0) await fails(() => verifyInclusion(BigInt(i), BigInt(size), leaves[i]!, root, proof.slice(1)), "unverified");
        if (size > 1) await fails(() => verifyInclusion(BigInt((i + 1) % size), BigInt(size), leaves[i]!, root, proof), "unverified");
      }
      await fails(() => verifyInclusion(BigInt(size), BigInt(size), leaves[0]!, root, []), "malformed");
    }
  });

  test("each pair of sizes is consistent, and no other root is", async () => {
    for (let size = 0; size <= 20; ++size) {
      const newRoot = naiveRoot(leaves.slice(0, size));
      for (let old = 0; old <= size; ++old) {
        const oldRoot = naiveRoot(leaves.slice(0, old));
        const proof = old === 0 || old === size ? [] : naiveSubproof(old, leaves.slice(0, size), true);
        verifyConsistency(BigInt(old), BigInt(size), oldRoot, newRoot, proof);
        await fails(() => verifyConsistency(BigInt(old), BigInt(size), flipped(oldRoot, 3), newRoot, proof), "unverified");
        if (old > 0) await fails(() => verifyConsistency(BigInt(old), BigInt(size), oldRoot, flipped(newRoot, 3), proof), "unverified");
        await fails(() => verifyConsistency(BigInt(old), BigInt(size), oldRoot, newRoot, [...proof, newRoot]), "unverified");
        if (proof.length > 0) await fails(() => verifyConsistency(BigInt(old), BigInt(size), oldRoot, newRoot, proof.slice(1)), "unverified");
      }
    }
    await fails(() => verifyConsistency(2n, 1n, leaves[0]!, leaves[0]!, []), "malformed");
  });
});

describe("checkpoints and proofs", () => {
  const entries = Array.from({ length: 7 }, (_, i) => utf8(`charter ${i + 1}`));
  const leaves = entries.map(leafHash);
  const root = naiveRoot(leaves);
  const witnessSeeds = [21, 22, 23].map((number) => SigningKey.fromSeed(new Uint8Array(32).fill(number)));
  const witnesses = witnessSeeds.map((key, i) => makeVerifierKey(`witness-${i}.example`, key.publicKey, keyTypes.cosignature));
  const text = `${logVerifier.name}\n7\n${toBase64(root)}\n`;
  const now = 1_800_000_000;

  function cosigned(times: readonly number[], of = text): string {
    const note = signNote({ text: of, signatures: [] }, logVerifier.name, logKey);
    const lines = times.map((time, i) => {
      const bytes = concat(uint64(BigInt(time)), witnessSeeds[i]!.sign(utf8(`cosignature/v1\ntime ${time}\n${of}`)));
      return { name: witnesses[i]!.name, id: witnesses[i]!.id, bytes };
    });
    return serializeNote({ text: of, signatures: [...note.signatures, ...lines] });
  }

  const proofText = (index: number, checkpoint: string, extra = ""): string =>
    `c2sp.org/tlog-proof@v1\n${extra}index ${index}\n${naivePath(index, leaves).map((hash) => `${toBase64(hash)}\n`).join("")}\n${checkpoint}`;

  test("c2sp.org's example of a checkpoint parses", async () => {
    const checkpoint = parseCheckpoint("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
    assert.deepEqual([checkpoint.origin, checkpoint.size, checkpoint.extensions.length], ["example.com/behind-the-sofa", 20852163n, 0]);
    for (const bad of ["", "a\n1\n", "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUY\n", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nx\n"]) {
      await fails(() => parseCheckpoint(bad), "malformed");
    }
  });

  test("a checkpoint is its log's, and witnesses count when they are fresh", async () => {
    const { note, checkpoint } = openCheckpoint(cosigned([now, now - 1000]), logVerifier);
    assert.equal(checkpoint.size, 7n);
    assert.deepEqual(readCosignatures(note, witnesses).map(({ time }) => Number(time)), [now, now - 1000]);
    const policy = { witnesses, threshold: 2, now, maxAgeSeconds: 3600 };
    checkWitnessed(note, policy);
    checkWitnessed(note, { ...policy, witnesses: [], threshold: 0 });
    await fails(() => checkWitnessed(note, { ...policy, threshold: 3 }), "unverified", "witnesses");
    await fails(() => checkWitnessed(note, { ...policy, maxAgeSeconds: 999 }), "expired", "witnesses");
    await fails(() => checkWitnessed(note, { ...policy, now: now - 3600 }), "unverified", "witnesses");
    const other = makeVerifierKey("other.example", logKey.publicKey);
    await fails(() => openCheckpoint(cosigned([]), other), "unverified");
    const foreign = serializeNote(signNote({ text: text.replace(logVerifier.name, "x"), signatures: [] }, logVerifier.name, logKey));
    await fails(() => openCheckpoint(foreign, logVerifier), "unverified");
  });

  test("a cosignature over another text or time spoils the note", async () => {
    const good = parseNote(cosigned([now]));
    const [log, witness] = good.signatures;
    for (const bit of [8 * 7, 8 * 30]) {
      const bad = { ...good, signatures: [log!, { ...witness!, bytes: flipped(witness!.bytes, bit) }] };
      await fails(() => readCosignatures(bad, witnesses), "unverified");
    }
    const cut = { ...good, signatures: [log!, { ...witness!, bytes: witness!.bytes.subarray(1) }] };
    await fails(() => readCosignatures(cut, witnesses), "unverified");
    assert.equal(readCosignatures(good, witnesses.slice(1)).length, 0, "lines of others are ignored");
  });

  test("a witness's vkey round-trips", () => {
    const vkey = formatVerifierKey(witnesses[0]!, keyTypes.cosignature);
    assert.deepEqual(parseWitnessKey(vkey), witnesses[0]);
  });

  test("a tlog-proof shows that an entry is in the log", async () => {
    const policy = { witnesses, threshold: 2, now, maxAgeSeconds: 3600 };
    for (const [i, entry] of entries.entries()) {
      const proof = parseLogProof(proofText(i, cosigned([now, now]), "extra c2FsdA==\n"));
      assert.equal(Buffer.from(proof.extra!).toString(), "salt");
      assert.equal(checkLogProof(proof, entry, logVerifier, policy).size, 7n);
      await fails(() => checkLogProof(proof, utf8("another"), logVerifier, policy), "unverified");
      await fails(() => checkLogProof({ ...proof, index: BigInt((i + 1) % 7) }, entry, logVerifier, policy), "unverified");
    }
    await fails(() => checkLogProof(parseLogProof(proofText(0, cosigned([now]))), entries[0]!, logVerifier, policy), "unverified", "witnesses");
    const good = proofText(1, cosigned([]));
    for (const bad of ["", good.replace("@v1", "@v2"), good.replace("index 1", "index 01"), good.replace("index", "indeks"), good.replace("\n\n", "\nAAAA\n\n"), good.split("\n\n")[0]!]) {
      await fails(() => parseLogProof(bad), "malformed");
    }
    await fails(() => parseLogProof(good.replace("\n\n", `\n${`${toBase64(root)}\n`.repeat(63)}\n`)), "too_large");
  });

  test("a charter is the newest one of its log, or it is said", async () => {
    const policy = { witnesses, threshold: 1, now };
    const newest = parseLogProof(proofText(6, cosigned([now])));
    assert.ok(checkCharterProof(newest, entries[6]!, 7n, logVerifier, policy));
    const older = parseLogProof(proofText(5, cosigned([now])));
    await fails(() => checkCharterProof(older, entries[5]!, 6n, logVerifier, policy), "conflict", "version");
    await fails(() => checkCharterProof(newest, entries[6]!, 8n, logVerifier, policy), "conflict", "version");
    await fails(() => checkCharterProof(newest, entries[5]!, 7n, logVerifier, policy), "unverified");
    const stale = parseLogProof(proofText(6, cosigned([now - 8 * 86_400])));
    await fails(() => checkCharterProof(stale, entries[6]!, 7n, logVerifier, policy), "expired", "witnesses");
  });

  test("two checkpoints of one size that differ are seen", () => {
    const one = parseCheckpoint(text);
    assert.ok(agree(one, one) && agree(one, { ...one, size: 8n, root: emptyRoot() }));
    assert.ok(!agree(one, { ...one, root: emptyRoot() }));
  });
});
