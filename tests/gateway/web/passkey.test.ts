// gateway/web/shared/identity/passkey and keyFile: key files wrapped by a passkey, under an authenticator that is an
// HMAC under a key, as the PRF extension (CTAP 2.1 hmac-secret) defines it.
import { Encrypter, armor } from "age-encryption";
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";

import { parseHeader } from "../../../gateway/web/shared/age/header.ts";
import { fromUtf8, utf8 } from "../../../gateway/web/shared/base/bytes.ts";
import { SafeconductError } from "../../../gateway/web/shared/base/error.ts";
import { keyFileKind, parseKeyFile } from "../../../gateway/web/shared/identity/keyFile.ts";
import { type Authenticator, makePasskey, openByPasskey, useAuthenticator, wrapForPasskey } from "../../../gateway/web/shared/identity/passkey.ts";
import { Party } from "../../../gateway/web/shared/identity/party.ts";
import { fails } from "./testing.ts";

const host = "reports.example.org";
const buffer = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

interface Created {
  readonly rp: { readonly id: string };
  readonly user: { readonly name: string };
  readonly authenticatorSelection: { readonly residentKey: string; readonly userVerification: string };
}
interface Asked {
  readonly rpId: string;
  readonly userVerification: string;
  readonly allowCredentials: readonly { readonly id: Uint8Array }[];
  readonly extensions: { readonly prf: { readonly eval: { readonly first: Uint8Array; readonly second: Uint8Array } } };
}

class Device implements Authenticator {
  readonly keys = new Map<string, Buffer>(); // by credential
  readonly created: Created[] = [];
  readonly asked: Asked[] = [];
  prf = true;
  refusal: SafeconductError | undefined;

  create = async (options: object) => {
    if (this.refusal !== undefined) throw this.refusal;
    this.created.push(options as Created);
    const id = randomBytes(16);
    this.keys.set(id.toString("hex"), randomBytes(32));
    return { id: buffer(id), transports: ["internal"], prf: this.prf };
  };

  get = async (given: object) => {
    const options = given as Asked;
    if (this.refusal !== undefined) throw this.refusal;
    this.asked.push(options);
    if (!this.prf) return undefined;
    const [wanted] = options.allowCredentials;
    const id = wanted === undefined ? [...this.keys.keys()].at(-1)! : Buffer.from(wanted.id).toString("hex");
    const { first, second } = options.extensions.prf.eval;
    const of = (input: Uint8Array): ArrayBuffer => buffer(createHmac("sha256", this.keys.get(id)!).update(input).digest());
    return { first: of(first), second: of(second) };
  };
}

function use(device: Device): Device {
  useAuthenticator(device);
  return device;
}

async function wrapped(): Promise<{ device: Device; party: Party; file: Uint8Array }> {
  const device = use(new Device());
  const party = Party.generate();
  return { device, party, file: await wrapForPasskey(party, await makePasskey(host, "Safeconduct: intake")) };
}

test("what a passkey wraps opens by it, armored too, and is asked of that host with its user verified", async () => {
  const { device, party, file } = await wrapped();
  assert.equal(keyFileKind(file), "passkey");
  const opened = await openByPasskey(file, host);
  assert.equal(opened.revealIdentityText(), party.revealIdentityText());
  const armored = utf8(armor.encode(file));
  assert.equal(keyFileKind(armored), "passkey");
  assert.equal((await openByPasskey(armored, host)).recipient, party.recipient);

  const [made, ...again] = device.created;
  assert.equal(again.length, 0);
  assert.deepEqual([made!.rp.id, made!.user.name, made!.authenticatorSelection.residentKey, made!.authenticatorSelection.userVerification], [host, "Safeconduct: intake", "required", "required"]);
  for (const { rpId, userVerification } of device.asked) assert.deepEqual([rpId, userVerification], [host, "required"]);
  assert.deepEqual(device.asked.map(({ allowCredentials }) => allowCredentials.length), [1, 0, 0], "the file names no passkey");
});

test("the file holds one stanza and nothing of the key, the host or the passkey, and each is another", async () => {
  const { device, party, file } = await wrapped();
  const { stanzas } = parseHeader(file);
  assert.deepEqual(stanzas.map(({ type }) => type), ["age-encryption.org/fido2prf"]);
  const text = Buffer.from(file).toString("latin1");
  for (const secret of [party.revealIdentityText(), party.recipient, host, "intake"]) assert.ok(!text.includes(secret));
  for (const id of device.keys.keys()) assert.ok(!Buffer.from(file).includes(Buffer.from(id, "hex")));
  const [first, second] = [await makePasskey(host, "a"), await makePasskey(host, "a")];
  assert.notDeepEqual(await wrapForPasskey(party, first), await wrapForPasskey(party, first));
  assert.notEqual(first, second);
});

test("another passkey, and a file of which any byte was changed or cut, open nothing", async () => {
  const { device, file } = await wrapped();
  for (let i = 0; i < file.length; ++i) {
    const changed = file.slice();
    changed[i]! ^= 1;
    await assert.rejects(openByPasskey(changed, host), SafeconductError, `byte ${i}`);
  }
  for (const length of [0, 20, 60, file.length - 1]) await assert.rejects(openByPasskey(file.subarray(0, length), host), SafeconductError, `${length} bytes`);
  use(device);
  await makePasskey(host, "another"); // the newest is the one that this device offers
  await fails(() => openByPasskey(file, host), "wrong_key");
});

test("an authenticator without PRF, and one whose user says no, say so", async () => {
  const { device, file } = await wrapped();
  device.prf = false;
  await fails(() => openByPasskey(file, host), "unsupported");
  await fails(() => makePasskey(host, "intake"), "unsupported");
  device.prf = true;
  device.refusal = new SafeconductError("aborted", "cancelled", "passkey");
  await fails(() => openByPasskey(file, host), "aborted");
  await fails(() => makePasskey(host, "intake"), "aborted");
});

test("what is inside has to be one identity, and kinds of key files are told apart", async () => {
  const { party } = await wrapped();
  const plain = utf8(`# created: today\n${party.revealIdentityText()}\n`);
  assert.equal(keyFileKind(plain), "plain");
  const encrypter = new Encrypter();
  encrypter.setPassphrase("a passphrase");
  encrypter.setScryptWorkFactor(4);
  const file = await encrypter.encrypt(plain);
  assert.equal(keyFileKind(file), "passphrase");
  assert.equal((await parseKeyFile(file, "a passphrase")).recipient, party.recipient);
  assert.throws(() => keyFileKind(utf8("age-encryption.org/v1\n-> age-encryption.org/fido2prf")), { code: "malformed" });
  assert.throws(() => keyFileKind(utf8("-----BEGIN AGE ENCRYPTED FILE-----\n!")), { code: "malformed" });
  assert.equal(fromUtf8(plain).includes("AGE-SECRET-KEY-PQ-1"), true);
});
