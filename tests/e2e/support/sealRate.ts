// Runs in a browser: a file sealed as the page does it, and by npm `age-encryption` alone.
import { Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";

import { AttachmentSealer, type Source } from "../../../gateway/web/shared/report/attachmentSealer.ts";

const pieceBytes = 65_536;

const seal = {
  async page(source: Source): Promise<void> {
    const sealer = await AttachmentSealer.start(source);
    while ((await sealer.next()) !== undefined);
    sealer.finish("file", "");
  },
  async age(source: Source): Promise<void> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateHybridIdentity()));
    const reader = (await encrypter.encrypt(source.stream())).getReader();
    while (!(await reader.read()).done);
  },
};

export async function sealOnce(how: keyof typeof seal, bytes: number): Promise<void> {
  const piece = crypto.getRandomValues(new Uint8Array(pieceBytes));
  await seal[how](new Blob(Array.from({ length: bytes / pieceBytes }, () => piece)));
}
