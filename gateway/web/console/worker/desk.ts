// What the page has done for it: the charter verified, a key unlocked, the inbox listed, a case opened and worked
// on. The keys and everything that was opened exist here and in what the page shows; ending the worker ends them.
import { equal, fromHex } from "../../shared/base/bytes.ts";
import { SafeconductError } from "../../shared/base/error.ts";
import { type ChannelInfo, hasQuorum, onChannel } from "../../shared/charter/charter.ts";
import { QuestionKind, Place } from "../../shared/generated/safeconduct/v1/charter_pb.ts";
import { keyFileKind, parseKeyFile } from "../../shared/identity/keyFile.ts";
import { makePasskey, openByPasskey, wrapForPasskey } from "../../shared/identity/passkey.ts";
import { readTexts } from "../../reporter/worker/channelView.ts";
import type { AuditProgress, AuditView, LogView } from "../auditProtocol.ts";
import type { ExportedCase, ExportProgress, OpenedFile } from "../fileProtocol.ts";
import type { KeptMarks, ReadMark } from "../marksProtocol.ts";
import type {
  Act, Alarm, CaseView, ChannelView, HandedOver, KeyFileKind, ListProgress, LogCheck, Me, OfficeView, Question, Seen, TriageRow,
} from "../protocol.ts";
import { Audit } from "./audit.ts";
import { CaseDesk } from "./caseDesk.ts";
import { handOver } from "./handover.ts";
import { listCases } from "./listing.ts";
import { keepMarks, loadMarks } from "./marks.ts";
import { openOffice } from "./office.ts";
import { type Office, personOf, type Session } from "./session.ts";
import { Turns } from "./turns.ts";

export class Desk {
  #office: Office | undefined;
  #language = "en";
  #host = ""; // to which passkeys are bound
  #passkey: string | undefined; // made, and nothing wrapped for it yet
  #session: Session | undefined;
  #cases: CaseDesk | undefined;
  #audit: Audit | undefined;
  #remembered: string | undefined; // the report log's checkpoint when the page was opened
  #listing = 0; // the newest
  readonly #triages = new Map<string, TriageRow>(); // opened before
  readonly #turns = new Turns();

  /** Throws unavailable, busy. */
  async open(trust: string, gateway: string, language: string, seen: Seen | undefined): Promise<OfficeView | Alarm> {
    this.#office = undefined;
    this.#language = language;
    if (this.#session === undefined) this.#remembered = seen?.log;
    this.#host = new URL(gateway).hostname;
    const opened = await openOffice(trust, gateway, seen);
    if (!("office" in opened)) return opened;
    this.#office = opened.office;
    // A charter that changed while somebody works: the same key under the new one.
    const { party } = this.#session ?? {};
    if (party !== undefined) await this.#begin({ ...opened.office, party });
    return opened.view;
  }

  /** Throws malformed. */
  keyFileKind(file: Uint8Array): KeyFileKind {
    return keyFileKind(file);
  }

  /**
   * Throws wrong_key (passphrase or passkey), malformed, unsupported, too_large; not_found when the charter does not name
   * the key; of a passkey, with that field, aborted, rejected, unsupported too.
   */
  async unlock(file: Uint8Array, passphrase: string | undefined): Promise<Me> {
    if (this.#office === undefined) throw new SafeconductError("unverified", "there is no verified charter");
    const party = keyFileKind(file) === "passkey" ? await openByPasskey(file, this.#host) : await parseKeyFile(file, passphrase);
    file.fill(0);
    return this.#begin({ ...this.#office, party });
  }

  /** Throws of the passkey as unlock. */
  async wrapKey(): Promise<Uint8Array> {
    const { party, holder } = this.#open;
    this.#passkey ??= await makePasskey(this.#host, `Safeconduct: ${holder.label}`);
    const file = await wrapForPasskey(party, this.#passkey);
    this.#passkey = undefined;
    return file;
  }

  async #begin(office: Omit<Session, "holder">): Promise<Me> {
    const { charter, party, api } = office;
    const holder = charter.holderByRequestKey(party.key("request").publicKey);
    if (holder === undefined) throw new SafeconductError("not_found", "the charter does not name this key", "key");
    if (holder.recipient !== party.recipient || !equal(holder.eventKey, party.key("event").publicKey)) {
      throw new SafeconductError("rejected", "the charter names other keys for this holder", "key");
    }
    const texts = await readTexts(api, charter, this.#language);
    this.#session = { ...office, holder };
    this.#cases = new CaseDesk(this.#session);
    this.#audit?.stop();
    this.#audit = new Audit(this.#session, this.#remembered);
    const channels = charter.channels.filter(({ channel }) => onChannel(holder, channel.id)).map(channelView);
    return { ...personOf(holder), channels, texts };
  }

  list(tell: (progress: ListProgress) => void): Promise<void> {
    const number = ++this.#listing;
    return listCases(this.#open, { known: this.#triages, tell, isCurrent: () => number === this.#listing, giveWay: () => this.#turns.giveWay() });
  }

  loadMarks(): Promise<KeptMarks> {
    return loadMarks(this.#open);
  }

  keepMarks(read: readonly ReadMark[], listed: readonly string[]): Promise<readonly ReadMark[]> {
    return keepMarks(this.#open, new Map(read), listed);
  }

  openCase(id: string): Promise<CaseView> {
    return this.#turns.first(() => this.#desk.open(id));
  }

  act(id: string, what: Act): Promise<CaseView> {
    return this.#turns.first(() => this.#desk.act(id, what));
  }

  openFile(id: string, compartment: string): Promise<OpenedFile> {
    return this.#desk.openFile(id, compartment);
  }

  openPlain(id: string): Promise<OpenedFile> {
    return this.#desk.openPlain(id);
  }

  exportCase(id: string, tell: (progress: ExportProgress) => void): Promise<ExportedCase> {
    return this.#desk.exportCase(id, tell);
  }

  checkLog(id: string): Promise<LogCheck> {
    return this.#desk.checkLog(id);
  }

  handOver(tell: (progress: HandedOver) => void, successor: string): Promise<HandedOver> {
    return handOver(this.#open, fromHex(successor), tell);
  }

  viewLog(): Promise<LogView> {
    return this.#auditor.view();
  }

  audit(tell: (progress: AuditProgress) => void): Promise<AuditView> {
    return this.#auditor.run(tell);
  }

  stopAudit(): void {
    this.#auditor.stop();
  }

  get #auditor(): Audit {
    if (this.#audit === undefined) throw new SafeconductError("unauthorized", "no key is unlocked");
    return this.#audit;
  }

  get #open(): Session {
    if (this.#session === undefined) throw new SafeconductError("unauthorized", "no key is unlocked");
    return this.#session;
  }

  get #desk(): CaseDesk {
    if (this.#cases === undefined) throw new SafeconductError("unauthorized", "no key is unlocked");
    return this.#cases;
  }
}

const kinds: Readonly<Partial<Record<QuestionKind, Question["kind"]>>> = {
  [QuestionKind.TEXT]: "text",
  [QuestionKind.LONG_TEXT]: "long-text",
  [QuestionKind.CHOICE]: "choice",
  [QuestionKind.CHOICES]: "choices",
  [QuestionKind.DATE]: "date",
  [QuestionKind.PLACE]: "place",
  [QuestionKind.YES_NO]: "yes-no",
  [QuestionKind.FILE]: "file",
};
const places: Readonly<Partial<Record<Place, Question["place"]>>> = {
  [Place.TRIAGE]: "triage",
  [Place.ACCOUNT]: "account",
  [Place.IDENTITY]: "identity",
};

function channelView({ channel, trustees, plainRecipients }: ChannelInfo): ChannelView {
  const { deadlines, policy, questionnaire } = channel;
  return {
    id: channel.id,
    deadlines: {
      acknowledge: deadlines?.acknowledgeDays ?? 0,
      feedback: deadlines?.feedbackDays ?? 0,
      appoint: deadlines?.appointInvestigatorWorkingDays ?? 0,
      appointUrgent: deadlines?.appointInvestigatorUrgentWorkingDays ?? 0,
      conclude: deadlines?.concludeDays ?? 0,
      concludeUrgent: deadlines?.concludeUrgentDays ?? 0,
    },
    questions: (questionnaire?.steps ?? []).flatMap(({ questions }) =>
      questions.map(({ id, kind, place }) => ({ id, kind: kinds[kind] ?? "text", place: places[place] ?? "account" }))),
    plainReaders: plainRecipients.map(personOf),
    ...(hasQuorum(channel) && {
      quorum: { threshold: policy?.quorumThreshold ?? 0, organisations: policy?.quorumOrganisations ?? 1, trustees: trustees.map(personOf) },
    }),
  };
}
