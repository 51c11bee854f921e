// crypto/age against the age program and npm age-encryption, both ways: whatever one seals, the
// others open to the same bytes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";

import * as typage from "age-encryption";

function setting(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is set by tests/run`);
  return value;
}

const ageDirectory = join(setting("SAFECONDUCT_DEPS"), "bin");
const tool = join(setting("SAFECONDUCT_BIN"), "..", "tests", "age_tool");
const folder = mkdtempSync(join(tmpdir(), "age-interop-"));
after(() => rmSync(folder, { recursive: true }));

const passphrase = "a passphrase with sp\u00e4ces";
const environment = {
  ...process.env,
  // age finds its plugin for passphrases from the environment there.
  PATH: `${ageDirectory}${delimiter}${process.env["PATH"] ?? ""}`,
  AGE_PASSPHRASE: passphrase,
  AGE_PASSPHRASE_WORK_FACTOR: "12",
};

interface Run {
  readonly status: number | null;
  readonly output: Buffer;
  readonly errors: string;
}

function run(program: string, args: readonly string[], input: Uint8Array): Run {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    input,
    env: environment,
    maxBuffer: 1 << 28,
  });
  // A program that refuses its input need not read it to the end.
  if (error && (error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  return { status, output: stdout, errors: stderr.toString() };
}

function succeed(program: string, args: readonly string[], input: Uint8Array): Buffer {
  const { status, output, errors } = run(program, args, input);
  assert.equal(status, 0, `${program} ${args[0]}: ${errors}`);
  return output;
}

const nothing = new Uint8Array();
const age = (args: readonly string[], input: Uint8Array = nothing) => succeed(join(ageDirectory, "age"), args, input);
const ageKeygen = (args: readonly string[], input: Uint8Array = nothing) =>
  succeed(join(ageDirectory, "age-keygen"), args, input);
const ageTool = (args: readonly string[], input: Uint8Array = nothing) => succeed(tool, args, input);

interface Key {
  readonly identity: string;
  readonly recipient: string;
  readonly file: string; // the path of its key file
}

let keys = 0;
function keyFrom(text: Buffer): Key {
  const file = join(folder, `${++keys}.key`);
  writeFileSync(file, text, { mode: 0o600 });
  const identity = text.toString().trim().split("\n").at(-1);
  assert.ok(identity);
  return { identity, recipient: ageKeygen(["-y", file]).toString().trim(), file };
}

const classic = [keyFrom(ageKeygen([])), keyFrom(ageKeygen([]))];
const hybrid = [keyFrom(ageKeygen(["-pq"])), keyFrom(ageTool(["keygen"])), keyFrom(ageKeygen(["-pq"]))];

// A way to seal and open: keys, or the passphrase where there are none.
interface Peer {
  readonly name: string;
  seal(plaintext: Uint8Array, to: readonly Key[], armored: boolean): Promise<Uint8Array>;
  open(file: Uint8Array, by: Key | undefined): Promise<Uint8Array>;
}

const safeconduct: Peer = {
  name: "safeconduct",
  seal: async (plaintext, to, armored) =>
    ageTool(
      [
        "encrypt",
        ...(armored ? ["--armor"] : []),
        ...(to.length > 0 ? to.map((key) => key.recipient) : ["--passphrase", passphrase]),
      ],
      plaintext,
    ),
  open: async (file, by) => ageTool(["decrypt", ...(by ? [by.identity] : ["--passphrase", passphrase])], file),
};

const program: Peer = {
  name: "age",
  seal: async (plaintext, to, armored) =>
    age(
      [
        "-e",
        ...(armored ? ["-a"] : []),
        ...(to.length > 0 ? to.flatMap((key) => ["-r", key.recipient]) : ["-j", "batchpass"]),
      ],
      plaintext,
    ),
  open: async (file, by) => age(["-d", ...(by ? ["-i", by.file] : ["-j", "batchpass"])], file),
};

const npm: Peer = {
  name: "age-encryption",
  async seal(plaintext, to, armored) {
    const encrypter = new typage.Encrypter();
    if (to.length === 0) {
      encrypter.setPassphrase(passphrase);
      encrypter.setScryptWorkFactor(12);
    }
    for (const key of to) encrypter.addRecipient(key.recipient);
    const file = await encrypter.encrypt(plaintext);
    return armored ? Buffer.from(typage.armor.encode(file)) : file;
  },
  async open(file, by) {
    const decrypter = new typage.Decrypter();
    if (by) decrypter.addIdentity(by.identity);
    else decrypter.addPassphrase(passphrase);
    const text = Buffer.from(file);
    return decrypter.decrypt(text.subarray(0, 5).equals(Buffer.from("-----")) ? typage.armor.decode(text.toString()) : file);
  },
};

const chunk = 64 * 1024;
const sizes = [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 5_000_000];
const readers = [
  { name: "an X25519 recipient", to: [classic[0]!] },
  { name: "two X25519 recipients", to: [classic[1]!, classic[0]!] },
  { name: "a hybrid recipient", to: [hybrid[0]!] },
  { name: "a hybrid recipient with our key file", to: [hybrid[1]!] },
  { name: "three hybrid recipients", to: hybrid },
  { name: "a passphrase", to: [] },
];

for (const peer of [program, npm]) {
  for (const [from, to] of [
    [safeconduct, peer],
    [peer, safeconduct],
  ] as const) {
    for (const reader of readers) {
      test(`${from.name} seals to ${reader.name}, ${to.name} opens`, async () => {
        // All sizes once; the armor and the other identities with two of them.
        for (const size of sizes) {
          const plaintext = randomBytes(size);
          for (const armored of size === 1 || size === chunk + 1 ? [false, true] : [false]) {
            const file = await from.seal(plaintext, reader.to, armored);
            const openers = armored || reader.to.length === 0 ? [reader.to[0]] : reader.to;
            for (const by of size > chunk + 1 ? openers.slice(-1) : openers) {
              assert.ok(plaintext.equals(await to.open(file, by)), `${size} bytes, armored: ${armored}`);
            }
          }
        }
      });
    }
  }
}

test("key files of age-keygen -pq are read, plain and wrapped by age, and ours by age-keygen", () => {
  for (const key of hybrid) {
    const plain = Buffer.from(`# a comment\n${key.identity}\n`);
    assert.equal(ageTool(["recipient"], plain).toString().trim(), key.recipient);
    for (const armor of [[], ["-a"]]) {
      const wrapped = age(["-e", ...armor, "-j", "batchpass"], plain);
      assert.equal(ageTool(["recipient", passphrase], wrapped).toString().trim(), key.recipient);
      assert.equal(run(tool, ["recipient"], wrapped).status, 1);
      assert.match(run(tool, ["recipient", "another"], wrapped).errors, /passphrase of the key file is wrong/);
    }
  }
  assert.match(run(tool, ["recipient"], Buffer.from(classic[0]!.identity)).errors, /age-keygen -pq/);
});

test("the recipient that age-encryption derives is ours", async () => {
  for (const key of [...classic, ...hybrid]) {
    assert.equal(await typage.identityToRecipient(key.identity), key.recipient);
  }
});

test("post-quantum and classic recipients do not mix, here as in age", () => {
  const recipients = [hybrid[0]!.recipient, classic[0]!.recipient];
  assert.match(run(tool, ["encrypt", ...recipients], nothing).errors, /do not mix/);
  const refused = run(join(ageDirectory, "age"), recipients.flatMap((recipient) => ["-r", recipient]), nothing);
  assert.notEqual(refused.status, 0);
});

test("a file that was cut or changed is refused", async () => {
  const file = Buffer.from(await program.seal(randomBytes(3 * chunk), hybrid, false));
  for (const cut of [10, 1000, file.length - chunk, file.length - 1]) {
    assert.equal(run(tool, ["decrypt", hybrid[0]!.identity], file.subarray(0, cut)).status, 1);
  }
  file[file.length - 1]! ^= 1;
  assert.equal(run(tool, ["decrypt", hybrid[0]!.identity], file).status, 1);
  const others = [classic[0]!.identity, classic[1]!.identity];
  assert.match(run(tool, ["decrypt", ...others], file).errors, /no identity fits/);
});
