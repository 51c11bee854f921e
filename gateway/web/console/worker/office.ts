// The charter, verified before a key is asked for, and held against what an earlier visit saw: an older one,
// one that its log does not show, or a log that forked, the charters' or that of reports, ends here.
//
// What it does not give: proof that nobody was ever shown another log; the witnesses give that.
import { GatewayApi } from "../../shared/api/api.ts";
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import { openTrusted } from "../../shared/charter/open.ts";
import { openPublished } from "../../shared/charter/published.ts";
import { parseTrust } from "../../shared/charter/trust.ts";
import { parseNote } from "../../shared/note/note.ts";
import { type Checkpoint, parseCheckpoint } from "../../shared/tlog/checkpoint.ts";
import { parseLogProof } from "../../shared/tlog/proof.ts";
import { checkExtends } from "../../shared/tlog/tiles.ts";
import type { Alarm, OfficeView, Seen } from "../protocol.ts";
import { Forked, ReportLog, tilesOf } from "./reportLog.ts";
import type { Office } from "./session.ts";

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
    const log = new ReportLog(api, trust, charter, seen?.log);
    await log.look();
    const view: OfficeView = {
      origin: charter.origin,
      version: String(charter.version),
      expiry: charter.expiry,
      witnessed: trust.witnessThreshold > 0,
      seen: { version: String(charter.version), checkpoint: served!, ...log.seen },
    };
    return { view, office: { api, trust, charter, note: document.note, log } };
  } catch (error) {
    if (error instanceof Forked) {
      const { code, field, remembered, served: now } = error;
      return { kind: "report-log", code, field, remembered, ...(now !== "" && { served: now }) };
    }
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

// Whether the log that is served has what was remembered as its beginning.
async function isContinued(api: GatewayApi, remembered: Checkpoint, served: Checkpoint): Promise<boolean> {
  try {
    await checkExtends(remembered, served, tilesOf(api, "charter-log"));
    return true;
  } catch (error) {
    if (hasCode(error, "unverified")) return false;
    throw error;
  }
}
