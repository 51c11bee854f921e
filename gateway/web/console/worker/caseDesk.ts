// One case: read, checked whole, opened as far as it is this holder's; and what is done with it, signed on the
// head of what was shown, so that nobody acts on a case that meanwhile became another.
import { toHex, fromHex } from "../../shared/base/bytes.ts";
import { readPayload } from "../../shared/api/download.ts";
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import type { Holder } from "../../shared/generated/safeconduct/v1/charter_pb.ts";
import type { Account, ReporterKeys } from "../../shared/generated/safeconduct/v1/report_pb.ts";
import { type CaseFile, checkCase } from "../../shared/report/caseFile.ts";
import type { EventBody } from "../../shared/report/event.ts";
import { makeGrant } from "../../shared/report/grant.ts";
import { sealMessage } from "../../shared/report/message.ts";
import { answerReaders, readersOf } from "../../shared/report/people.ts";
import { makeCustody, makeMeasures, makeNote } from "../../shared/report/record.ts";
import { makeApprovals, makeRefusal, makeRequest } from "../../shared/report/release.ts";
import { assign, dismiss, erase, exclude, hold, link, revoke } from "../../shared/report/work.ts";
import type { ExportedCase, ExportProgress, OpenedFile } from "../fileProtocol.ts";
import type { Act, Allowed, CaseView, LogCheck, Released } from "../protocol.ts";
import { append, readCase } from "./append.ts";
import { exportCase } from "./export/exportCase.ts";
import { openFile, openPlain } from "./files.ts";
import { rowOf } from "./listing.ts";
import { consentsOf, openContents, recordsIn, writtenIn } from "./parts.ts";
import { allowedIn, colleaguesOf, workOn } from "./people.ts";
import { checkLog } from "./proofs.ts";
import { takeReleased } from "./released.ts";
import { requestsOf } from "./requests.ts";
import { personOf, type Session, statusNamed } from "./session.ts";
import { brokenTimeline, timelineOf } from "./timeline.ts";

const nothing: Allowed = { message: false, status: false, people: false, note: false, link: false, dismiss: false, hold: false, grant: [], request: [] };

interface Opened {
  readonly file: CaseFile;
  readonly reporter: ReporterKeys | undefined;
  readonly account: Account | undefined;
}

export class CaseDesk {
  readonly #session: Session;
  #opened: Opened | undefined; // the one that is shown

  constructor(session: Session) {
    this.#session = session;
  }

  /** Throws not_found; unverified for a case that does not fit together otherwise than by an event. */
  async open(id: string): Promise<CaseView> {
    const { api, party, charter } = this.#session;
    this.#opened = undefined;
    const view = await api.readCase(party.key("request"), id);
    let file: CaseFile;
    try {
      file = checkCase(view, id, charter);
    } catch (error) {
      const timeline = hasCode(error, "unverified") ? brokenTimeline(this.#session, view, id) : undefined;
      if (timeline === undefined) throw error;
      return { ...this.#empty(await api.transport.gatewayTime()), row: rowOf(view.summary!), hash: toHex(view.reportHash), broken: true, timeline };
    }
    const taken = await takeReleased(this.#session, file);
    return this.#show(taken.file, taken.released);
  }

  async act(id: string, what: Act): Promise<CaseView> {
    const { file } = this.#shown(id);
    await append(this.#session, file, await this.#bodiesOf(file, what));
    return this.open(id);
  }

  openFile(id: string, compartment: string): Promise<OpenedFile> {
    const { file, account } = this.#shown(id);
    return openFile(this.#session, file, account, compartment);
  }

  openPlain(id: string): Promise<OpenedFile> {
    return openPlain(this.#session, this.#shown(id).file);
  }

  exportCase(id: string, tell: (progress: ExportProgress) => void): Promise<ExportedCase> {
    return exportCase(this.#session, this.#shown(id).file, tell);
  }

  checkLog(id: string): Promise<LogCheck> {
    return checkLog(this.#session, this.#shown(id).file);
  }

  #shown(id: string): Opened {
    if (this.#opened?.file.id !== id) throw new SafeconductError("conflict", "another case is open", "report_hash");
    return this.#opened;
  }

  #empty(now: number): Omit<CaseView, "row" | "hash"> {
    return {
      now, broken: false, parts: [], consentChanged: false, messages: [], notes: [], records: [], requests: [], timeline: [], people: [],
      messageReaders: [], noteReaders: [], links: [], allowed: nothing,
    };
  }

  async #show(file: CaseFile, released: Released | undefined): Promise<CaseView> {
    const session = this.#session;
    const { charter, holder, api } = session;
    const now = await api.transport.gatewayTime();
    const { summary } = file.view;
    const row = { ...rowOf(summary!), dismissed: file.dismissed, held: file.held };
    const base = { ...this.#empty(now), row, hash: toHex(file.hash), timeline: timelineOf(session, file) };
    if (file.erased) {
      this.#opened = { file, reporter: undefined, account: undefined };
      return base;
    }
    const { parts, reporter, account, consent, consentChanged } = await openContents(session, file);
    const work = workOn(file, now);
    this.#opened = { file, reporter, account };
    const plain = file.view.compartments.find(({ name }) => name === "plain");
    const allowed = allowedIn(session, file, work, parts, consent, reporter !== undefined);
    return {
      ...base,
      parts,
      ...(file.plain && { plain: { served: plain !== undefined, bytes: Number(plain?.fileBytes ?? 0n) } }),
      ...(consent && { consent: consentsOf(consent) }),
      consentChanged,
      messages: await writtenIn(session, file, "message", reporter),
      notes: await writtenIn(session, file, "note", reporter),
      records: await recordsIn(session, file),
      requests: await requestsOf(session, file, now),
      people: colleaguesOf(charter, file, work, consent),
      messageReaders: allowed.message ? answerReaders(file, charter, now, holder).map(personOf) : [],
      noteReaders: allowed.note ? readersOf(file, charter, holder).map(personOf) : [],
      links: [...work.links],
      allowed,
      ...(released && { released }),
    };
  }

  async #bodiesOf(file: CaseFile, what: Act): Promise<readonly EventBody[]> {
    const { charter, party, holder, api } = this.#session;
    switch (what.kind) {
      case "status":
        return [{ case: "status", value: { status: statusNamed(what.status) } }];
      case "assign":
        return [assign(this.#holder(what.holder), what.ended)];
      case "exclude":
        return [exclude(this.#holder(what.holder), what.ended)];
      case "message":
        return [await this.#message(file, what.text)];
      case "note":
        return [await makeNote(what.text, file.hash, readersOf(file, charter, holder))];
      case "custody":
        return [await makeCustody(what.record, file.hash, readersOf(file, charter, holder))];
      case "measures":
        return [await makeMeasures({ ...what.record, measures: [...what.record.measures] }, file.hash, readersOf(file, charter, holder))];
      case "grant": {
        const readIdentity = (): Promise<Uint8Array> => readPayload(api, party, file, "identity");
        const { parts: compartments, expires } = what;
        return [await makeGrant(file, party, this.#holder(what.holder), { compartments, readIdentity, ...(expires > 0 && { expires }) })];
      }
      case "revoke":
        return [revoke(this.#holder(what.holder))];
      case "request": {
        const { parts: compartments, reason, expires } = what;
        return [await makeRequest(file, charter, holder, { compartments, reason, ...(expires > 0 && { expires }) })];
      }
      case "dismiss":
        return [dismiss(what.ended)];
      case "hold":
        return [hold(what.ended), ...(what.note === "" ? [] : [await makeNote(what.note, file.hash, readersOf(file, charter, holder))])];
      case "erase":
        return [erase()];
      case "link":
        return [link((await readCase(this.#session, what.id)).hash, what.ended)];
      case "approve": {
        const { bodies } = await makeApprovals(file, charter, party, BigInt(what.request), { compartments: what.parts, now: await api.transport.gatewayTime() });
        return bodies;
      }
      case "refuse":
        return [await makeRefusal(file, charter, BigInt(what.request), what.reason)];
    }
  }

  async #message(file: CaseFile, text: string): Promise<EventBody> {
    const { charter, holder, api } = this.#session;
    const reporter = this.#opened?.reporter;
    if (reporter === undefined) throw new SafeconductError("wrong_key", "nothing in this case is sealed to this holder");
    const readers = answerReaders(file, charter, await api.transport.gatewayTime(), holder);
    return { case: "message", value: { sealed: await sealMessage(text, file.hash, reporter, readers, charter.channel(file.channel)) } };
  }

  #holder(key: string): Holder {
    const found = this.#session.charter.holderByEventKey(fromHex(key));
    if (found === undefined) throw new SafeconductError("not_found", "the charter does not name this holder", "holder");
    return found;
  }
}
