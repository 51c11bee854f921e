// A channel of the verified charter as the page shows it: plain objects, words of the texts, and how large
// a file may be.
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { SafeconductError } from "../../shared/base/error.ts";
import type { GatewayApi } from "../../shared/api/api.ts";
import { type ChannelInfo, hasQuorum, type OpenCharter } from "../../shared/charter/charter.ts";
import {
  Place as CharterPlace,
  type Question as CharterQuestion,
  QuestionKind as CharterKind,
} from "../../shared/generated/safeconduct/v1/charter_pb.ts";
import { attachmentPayloadBytes } from "../../shared/report/compartment.ts";
import type { Channel, Place, Question, QuestionKind, Texts, Words } from "../protocol.ts";

const kinds: Readonly<Partial<Record<CharterKind, QuestionKind>>> = {
  [CharterKind.TEXT]: "text",
  [CharterKind.LONG_TEXT]: "long-text",
  [CharterKind.CHOICE]: "choice",
  [CharterKind.CHOICES]: "choices",
  [CharterKind.DATE]: "date",
  [CharterKind.PLACE]: "place",
  [CharterKind.YES_NO]: "yes-no",
  [CharterKind.FILE]: "file",
};
const places: Readonly<Partial<Record<CharterPlace, Place>>> = {
  [CharterPlace.TRIAGE]: "triage",
  [CharterPlace.ACCOUNT]: "account",
  [CharterPlace.IDENTITY]: "identity",
};

function questionView({ id, kind, place, required, options, shownIf }: CharterQuestion): Question {
  const to = places[place];
  const as = kinds[kind];
  if (to === undefined || as === undefined) throw new SafeconductError("unsupported", "a question of a kind that this page does not have");
  return {
    id, kind: as, place: to, required, options,
    ...(shownIf && { shownIf: { question: shownIf.question, equals: shownIf.equals } }),
  };
}

/** The longest file whose sealed form has at most `payloadBytes`. */
export function largestFile(payloadBytes: number): number {
  let low = -1; // fits, once it is 0 or more
  let high = payloadBytes;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (attachmentPayloadBytes(middle) <= payloadBytes) low = middle;
    else high = middle;
  }
  return Math.max(low, 0);
}

export function channelView(info: ChannelInfo, charter: OpenCharter, texts: Texts, gatewayTime: number, witnessed: boolean): Channel {
  const { channel } = info;
  const holder = ({ label, organisation }: { label: string; organisation: string }) => ({ label, organisation });
  return {
    id: channel.id,
    steps: (channel.questionnaire?.steps ?? []).map(({ id, questions }) => ({ id, questions: questions.map(questionView) })),
    texts,
    intake: info.intake.map(holder),
    support: info.support.map(holder),
    ...(hasQuorum(channel) && { quorum: { trustees: info.trustees.length, threshold: channel.policy?.quorumThreshold ?? 0 } }),
    attachments: channel.limits?.attachments ?? 0,
    fileBytes: largestFile(Number(channel.limits?.attachmentBytes ?? 0n)),
    acknowledgeDays: channel.deadlines?.acknowledgeDays ?? 0,
    feedbackDays: channel.deadlines?.feedbackDays ?? 0,
    gatewayTime,
    charterExpiry: charter.expiry,
    witnessed,
  };
}

// --- Texts ----------------------------------------------------------------------------------------

const noTexts: Texts = { language: "en", steps: {}, questions: {}, consents: {} };

/** In the language, else in English, else none: then ids are shown. Throws unverified. */
export async function readTexts(api: GatewayApi, charter: OpenCharter, language: string): Promise<Texts> {
  for (const each of [language, "en"]) {
    const digest = charter.textDigest(each);
    if (digest !== undefined) return parseTexts(fromUtf8(await api.readText(digest)), each);
  }
  return noTexts;
}

type Unknown = Readonly<Record<string, unknown>>;

function record(value: unknown): Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Unknown) : {};
}

function mapValues<T>(value: unknown, make: (each: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, each]) => [key, make(each)]));
}

function wordsOf(value: unknown): Words {
  const { title, help, options } = record(value);
  return {
    ...(typeof title === "string" && { title }),
    ...(typeof help === "string" && { help }),
    options: mapValues(options, String),
  };
}

/** What is no text is left out. */
export function parseTexts(json: string, language: string): Texts {
  let parsed: Unknown = {};
  try {
    parsed = record(JSON.parse(json));
  } catch {
    // signed, but not JSON: ids are shown
  }
  const { steps, questions, consents } = parsed;
  return { language, steps: mapValues(steps, wordsOf), questions: mapValues(questions, wordsOf), consents: mapValues(consents, wordsOf) };
}
