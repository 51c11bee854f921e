// Payloads of compartments as they come: the age header is taken off the front and compared with the
// one in the manifest or in the signed grant, and a download that breaks goes on from where it broke.
//
// What it does not give: that the payload is the right one; report/open.ts and
// report/attachmentOpener.ts check its digest.
import { concat, equal, utf8 } from "../base/bytes.ts";
import type { SigningKey } from "../base/ed25519.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import { sha256Bulk } from "../base/hash.ts";
import { type AskerKeys, type CaseFile, servedCompartment } from "../report/caseFile.ts";
import { checkServedHeader, type GatewayApi } from "./api.ts";
import { failureOf, isPassing, Patience, retryAfter } from "./transport.ts";

const maxSmallBytes = 2 * 1024 * 1024;
const maxPlainBytes = 24 * 1024 * 1024;

/** Throws not_found when the compartment is not for this holder; the stream errors with unverified, unavailable. */
export function downloadPayload(
  api: GatewayApi,
  holder: AskerKeys,
  file: CaseFile,
  name: string,
): ReadableStream<Uint8Array> {
  const { header, fileBytes } = servedCompartment(file, name, holder);
  const path = `/v1/cases/${file.id}/compartments/${name}`;
  const chunks = afterHeader(bytesOf(api, holder.key("request"), path, fileBytes), header);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

/** The same of triage, account or identity, whole. Throws also too_large. */
export async function readPayload(
  api: GatewayApi,
  holder: AskerKeys,
  file: CaseFile,
  name: string,
): Promise<Uint8Array> {
  if (servedCompartment(file, name, holder).fileBytes > maxSmallBytes) {
    throw new SafeconductError("too_large", "a compartment that is too long", name);
  }
  const parts: Uint8Array[] = [];
  const reader = downloadPayload(api, holder, file, name).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
  return concat(...parts);
}

/**
 * The one age file of a plain report, as the sender's client sent it in binary. Throws not_found when it is not for
 * this holder, unverified when it is not the file that the case's hash is of, too_large.
 */
export async function readPlain(api: GatewayApi, holder: AskerKeys, file: CaseFile): Promise<Uint8Array> {
  const served = file.view.compartments.find(({ name }) => name === "plain");
  if (!file.plain || served === undefined) throw new SafeconductError("not_found", "the case has no plain report for this holder", "plain");
  if (served.fileBytes > maxPlainBytes) throw new SafeconductError("too_large", "a plain report that is too long", "plain");
  const parts: Uint8Array[] = [];
  const path = `/v1/cases/${file.id}/compartments/plain`;
  for await (const part of bytesOf(api, holder.key("request"), path, Number(served.fileBytes))) parts.push(part);
  const sealed = concat(...parts);
  if (!equal(await sha256Bulk(concat(utf8(`safeconduct/plain/v1\n${file.channel}\n`), sealed)), file.hash)) {
    throw new SafeconductError("unverified", "the plain report is not the one that was accepted", "plain");
  }
  return sealed;
}

async function* afterHeader(chunks: AsyncGenerator<Uint8Array>, header: Uint8Array): AsyncGenerator<Uint8Array> {
  let matched = 0;
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, header.length - matched);
    checkServedHeader(part, header.subarray(matched, matched + part.length));
    matched += part.length;
    if (chunk.length > part.length) yield chunk.subarray(part.length);
  }
}

async function* bytesOf(api: GatewayApi, key: SigningKey, path: string, total: number): AsyncGenerator<Uint8Array> {
  const patience = new Patience(api.transport);
  let received = 0;
  while (received < total) {
    const headers: Record<string, string> = received === 0 ? {} : { Range: `bytes=${received}-` };
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    try {
      const response = await api.transport.once({ path, headers, key });
      if (!response.ok) {
        const failure = await failureOf(response);
        if (!isPassing(failure)) throw failure;
        await patience.wait(failure, retryAfter(response));
        continue;
      }
      // A gateway that ignores the range sends the beginning again: the digest tells.
      reader = response.body?.getReader();
      for (;;) {
        const part = await readPart(reader);
        if (part === undefined) break;
        received += part.length;
        if (received > total) throw wrongLength();
        patience.reset();
        yield part;
      }
      if (received < total) throw wrongLength();
    } catch (error) {
      if (!hasCode(error, "unavailable")) throw error;
      await patience.wait(error);
    } finally {
      reader?.cancel().catch(() => {}); // it may have ended already
    }
  }
}

async function readPart(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<Uint8Array | undefined> {
  try {
    return (await reader?.read())?.value;
  } catch {
    throw new SafeconductError("unavailable", "the connection broke");
  }
}

function wrongLength(): SafeconductError {
  return new SafeconductError("unverified", "the gateway sent a compartment of another length than it said");
}
