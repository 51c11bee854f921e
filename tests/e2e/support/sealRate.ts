// Runs in a browser: a file sealed as the page does it, and by npm `age-encryption` alone.
import { Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";

import { type DigestWorker, WorkerDigest } from "../../../gateway/web/shared/base/fileDigest.ts";
import { AttachmentSealer, type Source } from "../../../gateway/web/shared/report/attachmentSealer.ts";

const pieceBytes = 65_536;

const seal = {
  async page(source: Source, startWorker: () => DigestWorker): Promise<void> {
    const sealer = await AttachmentSealer.start(source, await WorkerDigest.start(startWorker()));
    while ((await sealer.next()) !== undefined);
    await sealer.finish("file", "");
  },
  async age(source: Source): Promise<void> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateHybridIdentity()));
    const reader = (await encrypter.encrypt(source.stream())).getReader();
    while (!(await reader.read()).done);
  },
};

/** Gives seconds by the clock. `startWorker` starts the page's program of the digest. */
export async function sealOnce(how: keyof typeof seal, bytes: number, startWorker: () => DigestWorker): Promise<number> {
  const piece = crypto.getRandomValues(new Uint8Array(pieceBytes));
  const file = new Blob(Array.from({ length: bytes / pieceBytes }, () => piece));
  const began = performance.now();
  await seal[how](file, startWorker);
  return (performance.now() - began) / 1000;
}
