// API v1 as the pages use it: each call is one question to the gateway, in protobuf both ways. Nothing
// is verified here: charter/, report/ and tlog/ do that with what comes back.
import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";

import { equal, fromUtf8, randomBytes, toHex } from "../base/bytes.ts";
import type { SigningKey } from "../base/ed25519.ts";
import { hasCode, SafeconductError } from "../base/error.ts";
import { sha256Bulk } from "../base/hash.ts";
import { parseTolerant, serialize } from "../base/messages.ts";
import {
  type AppendEventReply,
  AppendEventReplySchema,
  AppendEventSchema,
  type CaseList,
  CaseListSchema,
  type CaseProof,
  CaseProofsSchema,
  type CaseView,
  CaseViewSchema,
  type ChannelView,
  ChannelViewSchema,
  type CharterDocument,
  CharterDocumentSchema,
  EventListSchema,
  type LogOpenings,
  LogOpeningsSchema,
  type Mailbox,
  MailboxSchema,
  type SubmitReply,
  SubmitReplySchema,
  type SubmitReport,
  SubmitReportSchema,
} from "../generated/safeconduct/v1/api_pb.ts";
import type { SignedEvent } from "../generated/safeconduct/v1/event_pb.ts";
import { type Marks, MarksSchema, PutMarksSchema } from "../generated/safeconduct/v1/marks_pb.ts";
import { SealedReportSchema } from "../generated/safeconduct/v1/report_pb.ts";
import type { Sealed } from "../report/seal.ts";
import { readBody, type Request, Transport, type TransportOptions } from "./transport.ts";

const protobuf = "application/x-protobuf";
const maxReplyBytes = 64 * 1024 * 1024;
const maxTextBytes = 1024 * 1024;
const maxPages = 10_000;

export class GatewayApi {
  readonly transport: Transport;

  /** `origin` is "https://host[:port]", or http for an onion service. */
  constructor(origin: string, options: TransportOptions = {}) {
    this.transport = new Transport(origin, options);
  }

  /** With its proof, for charter/published.ts. */
  readCharter(): Promise<CharterDocument> {
    return this.#ask(CharterDocumentSchema, { path: "/v1/charter" });
  }

  /** A text that the charter names by its digest (hex). Throws unverified when it is another. */
  async readText(digest: string): Promise<Uint8Array> {
    const response = await this.transport.call({ path: `/v1/texts/${digest}` });
    const text = await readBody(response, maxTextBytes);
    if (toHex(await sha256Bulk(text)) !== digest) {
      throw new SafeconductError("unverified", "the gateway sent another text than the charter names", "texts");
    }
    return text;
  }

  /** What a page shows before the charter is verified. Not an authority. */
  readChannel(id: string): Promise<ChannelView> {
    return this.#ask(ChannelViewSchema, { path: `/v1/channels/${encodeURIComponent(id)}` });
  }

  /** The same report again is the same report and gets the same answer. */
  submit(sealed: Sealed, uploads: readonly string[]): Promise<SubmitReply> {
    return this.#submit({ case: "sealed", value: sealed.report }, sealed.payloads, uploads);
  }

  /** Cover traffic: what submit sends of a report without attachments, with random bytes for all that was sealed. */
  async submitDecoy(sealed: Sealed): Promise<void> {
    const value = randomBytes(serialize(SealedReportSchema, sealed.report).length);
    await this.#submit({ case: "decoy", value }, sealed.payloads.map(({ length }) => randomBytes(length)), []);
  }

  // --- The reporter's mailbox -------------------------------------------------------------------

  /** All of it, in the pages that the gateway made, for checkMailbox. */
  async readMailbox(requestKey: SigningKey): Promise<Mailbox[]> {
    const { checkEvent } = await import("../report/event.ts"); // who sends a report needs none of it
    const pages: Mailbox[] = [];
    for (let after = 0n; pages.length < maxPages; ) {
      const query = after === 0n ? "" : `?after=${after}`;
      const page = await this.#ask(MailboxSchema, { path: `/v1/mailbox${query}`, key: requestKey });
      pages.push(page);
      const newest = page.events.at(-1);
      if (newest === undefined) break;
      const last = checkEvent(newest).event.sequence;
      if (last <= after || last >= pages[0]!.sequence) break;
      after = last;
    }
    return pages;
  }

  appendToMailbox(requestKey: SigningKey, event: SignedEvent): Promise<AppendEventReply> {
    return this.#append("/v1/mailbox", requestKey, event);
  }

  // --- Cases ------------------------------------------------------------------------------------

  /** One page, newest first; `after` is the `next` of the page before; `with` the triage that the holder may read, for openListedTriage. */
  listCases(requestKey: SigningKey, options: { channel?: string; after?: string; with?: "triage"; limit?: string } = {}): Promise<CaseList> {
    const query = new URLSearchParams(options as Record<string, string>).toString();
    return this.#ask(CaseListSchema, { path: `/v1/cases${query === "" ? "" : `?${query}`}`, key: requestKey });
  }

  /** With all its events, for checkCase. */
  async readCase(requestKey: SigningKey, id: string): Promise<CaseView> {
    const path = `/v1/cases/${encodeURIComponent(id)}`;
    const view = await this.#ask(CaseViewSchema, { path, key: requestKey });
    const total = view.summary?.erased ? 0n : (view.summary?.events ?? 0n); // of an erased case the last one only
    while (BigInt(view.events.length) < total) {
      const page = await this.#ask(EventListSchema, { path: `${path}/events?after=${view.events.length}`, key: requestKey });
      if (page.events.length === 0) break; // the chain tells whether something is missing
      view.events.push(...page.events);
    }
    return view;
  }

  /** The proof that the report is in the log, for verifyReceipt; undefined: not yet. */
  async readReceipt(id: string): Promise<string | undefined> {
    try {
      const response = await this.transport.call({ path: `/v1/reports/${encodeURIComponent(id)}/receipt` });
      return fromUtf8(await readBody(response, maxTextBytes));
    } catch (error) {
      if (hasCode(error, "not_found")) return undefined;
      throw error;
    }
  }

  appendToCase(requestKey: SigningKey, id: string, event: SignedEvent): Promise<AppendEventReply> {
    return this.#append(`/v1/cases/${encodeURIComponent(id)}/events`, requestKey, event);
  }

  /** What the log has of the case, one for the report (0) and each event; without a proof while it is under no checkpoint. */
  async readProofs(requestKey: SigningKey, id: string): Promise<CaseProof[]> {
    const path = `/v1/cases/${encodeURIComponent(id)}/proofs`;
    const all: CaseProof[] = [];
    for (let after = "", pages = 0; pages < maxPages; ++pages) {
      const { proofs, next } = await this.#ask(CaseProofsSchema, { path: after === "" ? path : `${path}?after=${after}`, key: requestKey });
      all.push(...proofs);
      if (next === "" || next === after) return all;
      after = next;
    }
    throw new SafeconductError("unverified", "the gateway's list of proofs never ends", "proofs");
  }

  // --- Read marks -------------------------------------------------------------------------------

  /** What the holder has read, for openReadMarks; version 0: never put. */
  readMarks(requestKey: SigningKey): Promise<Marks> {
    return this.#ask(MarksSchema, { path: "/v1/marks", key: requestKey });
  }

  /** In place of those of version `replaces`. Throws conflict when these are not the newest. */
  async putMarks(requestKey: SigningKey, replaces: bigint, sealed: Uint8Array): Promise<void> {
    const body = serialize(PutMarksSchema, create(PutMarksSchema, { replaces, sealed }));
    await this.transport.call({ method: "PUT", path: "/v1/marks", headers: { "Content-Type": protobuf, Accept: protobuf }, body, key: requestKey });
  }

  // --- Logs -------------------------------------------------------------------------------------

  /** What a log serves under `checkpoint` or `tile/…`; undefined when it is not there. */
  async readLog(log: "log" | "charter-log", path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    try {
      return await readBody(await this.transport.call({ path: `/${log}/${path}` }), maxBytes);
    } catch (error) {
      if (hasCode(error, "not_found")) return undefined;
      throw error;
    }
  }

  /** One page of what an auditor gets: what the entries of the report log are; `after` is the `next` of the page before. */
  readOpenings(requestKey: SigningKey, after: string): Promise<LogOpenings> {
    return this.#ask(LogOpeningsSchema, { path: `/v1/log/openings${after === "" ? "" : `?after=${encodeURIComponent(after)}`}`, key: requestKey });
  }

  // ----------------------------------------------------------------------------------------------

  #submit(report: SubmitReport["report"], payloads: readonly Uint8Array[], uploads: readonly string[]): Promise<SubmitReply> {
    const message = create(SubmitReportSchema, { report, payloads: [...payloads], uploads: [...uploads] });
    return this.#send(SubmitReplySchema, "/v1/reports", serialize(SubmitReportSchema, message));
  }

  #append(path: string, key: SigningKey, event: SignedEvent): Promise<AppendEventReply> {
    return this.#send(AppendEventReplySchema, path, serialize(AppendEventSchema, create(AppendEventSchema, { event })), key);
  }

  #send<T extends DescMessage>(schema: T, path: string, body: Uint8Array, key?: SigningKey): Promise<MessageShape<T>> {
    const headers = { "Content-Type": protobuf };
    return this.#ask(schema, { method: "POST", path, headers, body, ...(key && { key }) });
  }

  async #ask<T extends DescMessage>(schema: T, request: Request): Promise<MessageShape<T>> {
    const response = await this.transport.call({ ...request, headers: { ...request.headers, Accept: protobuf } });
    return parseTolerant(schema, await readBody(response, maxReplyBytes), maxReplyBytes);
  }
}

/** Whether a compartment's header, as served, is the one in the manifest or grant. Throws unverified. */
export function checkServedHeader(served: Uint8Array, header: Uint8Array): void {
  if (!equal(served, header)) {
    throw new SafeconductError("unverified", "a compartment's header is not the one that was signed", "header");
  }
}
