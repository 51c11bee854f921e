// The charter, verified before a key is asked for, and held against what an earlier visit saw: an older one,
// one that its log does not show, or a log that forked ends here.
//
// What it does not give: proof that nobody was ever shown another log; the witnesses give that.
import { GatewayApi } from "../../shared/api/api.ts";
import { readBody } from "../../shared/api/transport.ts";
import { equal } from "../../shared/base/bytes.ts";
import { SafeconductError } from "../../shared/base/error.ts";
import { hashBytes } from "../../shared/base/hash.ts";
import { openTrusted } from "../../shared/charter/open.ts";
import { openPublished } from "../../shared/charter/published.ts";
import { parseTrust } from "../../shared/charter/trust.ts";
import { parseNote } from "../../shared/note/note.ts";
import { agree, type Checkpoint, parseCheckpoint } from "../../shared/tlog/checkpoint.ts";
import { parseLogProof } from "../../shared/tlog/proof.ts";
import { Frontier } from "../../shared/tlog/tree.ts";
import type { Alarm, OfficeView, Seen } from "../protocol.ts";
import type { Office } from "./session.ts";

const tileHashes = 256;
const maxTileBytes = tileHashes * hashBytes;
const retrySeconds = 30;

/** Throws unavailable, busy: whether the charter is good is not known then. */
export async function openOffice(trustText: string, gateway: string, seen: Seen | undefined): Promise<{ view: OfficeView; office: Office } | Alarm> {
  const api = new GatewayApi(gateway, { retrySeconds });
  const document = await api.readCharter();
  const now = await api.transport.gatewayTime();
  let served: string | undefined;
  let isSigned = false;
  try {
    served = document.proof === "" ? undefined : parseLogProof(document.proof).checkpoint;
    const trust = parseTrust(trustText);
    const version = BigInt(seen?.version ?? "0");
    openTrusted(document.note, trust, now, version);
    isSigned = true;
    const { charter, checkpoint } = openPublished(document, trust, now, version);
    const remembered = seen === undefined ? undefined : parseCheckpoint(parseNote(seen.checkpoint).text);
    if (remembered !== undefined && !(await isContinued(api, remembered, checkpoint))) {
      return { kind: "forked", code: "unverified", field: "checkpoint", remembered: seen!.checkpoint, served: served! };
    }
    const view: OfficeView = {
      origin: charter.origin,
      version: String(charter.version),
      expiry: charter.expiry,
      witnessed: trust.witnessThreshold > 0,
      seen: { version: String(charter.version), checkpoint: served! },
    };
    return { view, office: { api, trust, charter, note: document.note } };
  } catch (error) {
    if (!(error instanceof SafeconductError) || ["unavailable", "busy", "aborted"].includes(error.code)) throw error;
    const { code, field } = error;
    return { kind: kindOf(error, isSigned), code, field, ...(seen && { remembered: seen.checkpoint }), ...(served !== undefined && { served }) };
  }
}

// `isSigned`: the charter by itself is good.
function kindOf({ code, field }: SafeconductError, isSigned: boolean): Alarm["kind"] {
  if (code === "rejected" && field === "version") return "older";
  if (code === "conflict" && field === "version") return "older"; // not the newest of its log
  if (field === "witnesses") return "unwitnessed";
  if (code === "expired") return "expired";
  return isSigned ? "unproven" : "unsigned";
}

// Whether the log that is served has what was remembered as its beginning. The charters' log is short: its
// leaves are read and both roots computed.
async function isContinued(api: GatewayApi, remembered: Checkpoint, served: Checkpoint): Promise<boolean> {
  if (remembered.origin !== served.origin) return false;
  if (remembered.size >= served.size) return remembered.size === served.size && agree(remembered, served);
  const frontier = new Frontier();
  let before: Uint8Array = frontier.root();
  const size = Number(served.size);
  for (let first = 0; first < size; first += tileHashes) {
    const count = Math.min(tileHashes, size - first);
    const response = await api.transport.call({ path: `/charter-log/tile/${tilePath(first / tileHashes, count)}` });
    const hashes = await readBody(response, maxTileBytes);
    if (hashes.length !== count * hashBytes) return false;
    for (let i = 0; i < count; ++i) {
      frontier.append(hashes.slice(i * hashBytes, (i + 1) * hashBytes));
      if (BigInt(first + i + 1) === remembered.size) before = frontier.root();
    }
  }
  return equal(frontier.root(), served.root) && equal(before, remembered.root);
}

/** Of c2sp.org/tlog-tiles: a tile of level 0, whole or of `count` hashes. */
export function tilePath(index: number, count: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g)!;
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `0/${path}${count < tileHashes ? `.p/${count}` : ""}`;
}
