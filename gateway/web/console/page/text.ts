// Words of the page's language: messages, dates, sizes, lists, names.
import { load } from "virtual:languages";

import type { Key } from "../languages/en/index.ts";
import type { Person, Status } from "../protocol.ts";

export type { Key };

export const languages: readonly string[] = Object.keys(load);
let current = "en";
let messages: Awaited<ReturnType<(typeof load)[string]>>["default"] = {};

export const language = (): string => current;

/** The first of the browser's languages that there is, else English. */
export function usualLanguage(): string {
  return navigator.languages.map((each) => each.split("-", 1)[0]!).find((each) => languages.includes(each)) ?? "en";
}

export async function speak(wanted: string): Promise<void> {
  messages = (await load[wanted]!()).default;
  current = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dir = t("direction");
}

/** The name of another language, in itself. */
export async function languageName(code: string): Promise<string> {
  return (await load[code]!()).default["languageName"]!();
}

export function t(key: Key, values?: Readonly<Record<string, unknown>>): string {
  return messages[key]?.(values) ?? key;
}

/** The page's language as the browser has it, for dates and numbers: en-GB writes them otherwise than en-US. */
const region = (): string => navigator.languages.find((each) => each.split("-", 1)[0] === current) ?? current;

const day: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
const formats = {
  day,
  hour: { ...day, timeZone: undefined, hour: "numeric", minute: "2-digit" },
  moment: { ...day, timeZone: undefined, hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  month: { month: "long", year: "numeric", timeZone: "UTC" },
  monthShort: { month: "short", year: "2-digit", timeZone: "UTC" },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

// Kept, since making one costs more than a row of the inbox.
const made = new Map<string, Intl.DateTimeFormat>();

function formatted(format: keyof typeof formats, milliseconds: number): string {
  const key = `${format}/${region()}`;
  let found = made.get(key);
  if (found === undefined) made.set(key, (found = new Intl.DateTimeFormat(region(), formats[format])));
  return found.format(milliseconds);
}

export function date(seconds: number): string {
  return formatted("day", seconds * 1000);
}

/** Events are rounded down to the hour. */
export function hour(seconds: number): string {
  return formatted("hour", seconds * 1000);
}

/** Of `2027-01`. */
export function monthWords(month: string): string {
  return formatted("month", Date.parse(`${month}-01T00:00:00Z`));
}

/** The same where there is little room. */
export function monthAbbreviated(month: string): string {
  return formatted("monthShort", Date.parse(`${month}-01T00:00:00Z`));
}

/** A point in time as somebody wrote it down, by the device's time zone, which is named. */
export function moment(seconds: number): string {
  return formatted("moment", seconds * 1000);
}

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export function size(bytes: number): string {
  const step = Math.min(Math.max(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), 0), units.length - 1);
  const value = Math.ceil((bytes / 1024 ** step) * 10) / 10;
  return new Intl.NumberFormat(region(), { style: "unit", unit: units[step]!, unitDisplay: step === 0 ? "long" : "short", maximumFractionDigits: 1 }).format(value);
}

export function number(value: number): string {
  return new Intl.NumberFormat(region()).format(value);
}

export function percent(ratio: number): string {
  return new Intl.NumberFormat(region(), { style: "percent" }).format(ratio);
}

export function list(items: readonly string[]): string {
  return new Intl.ListFormat(current, { type: "conjunction" }).format(items);
}

// --- Words of the field ---------------------------------------------------------------------------

const statuses: Readonly<Record<Status, Key>> = {
  received: "statusReceived",
  acknowledged: "statusAcknowledged",
  assessment: "statusAssessment",
  investigation: "statusInvestigation",
  referred: "statusReferred",
  action: "statusAction",
  closed: "statusClosed",
};
export const statusWords = (status: Status): string => t(statuses[status]);

const roleKeys = {
  intake: "roleIntake",
  investigator: "roleInvestigator",
  support: "roleSupport",
  trustee: "roleTrustee",
  auditor: "roleAuditor",
  relay: "roleRelay",
} as const;
export const roleWords = ({ roles }: Person): string => list(roles.map((role) => t(roleKeys[role])));

/** A post and its organisation; or a key that nobody has any more. */
export function personWords({ label, organisation }: Person): string {
  return label === "" ? t("personUnknown") : t("personOf", { label, organisation });
}

export function authorWords(author: Person | "reporter"): string {
  return author === "reporter" ? t("personReporter") : personWords(author);
}

/** What a part of a case is called; `event-7`: by what it holds. */
export function partWords(part: string): string {
  if (part === "triage") return t("partTriage");
  if (part === "account") return t("partAccount");
  if (part === "identity") return t("partIdentity");
  const number = Number(part.slice(part.indexOf("-") + 1));
  return part.startsWith("attachment-") ? t("partAttachment", { number: number + 1 }) : t("partEvent", { number });
}

/** The same of several, messages and attachments counted. */
export function partsWords(parts: readonly string[]): string {
  const attachments = parts.filter((part) => part.startsWith("attachment-")).length;
  const events = parts.filter((part) => part.startsWith("event-")).length;
  const named = parts.filter((part) => !/^(attachment|event)-/.test(part)).map(partWords);
  if (attachments > 0) named.push(t("partAttachments", { count: attachments }));
  if (events > 0) named.push(t("partEvents", { count: events }));
  return list(named);
}
