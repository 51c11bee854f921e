// Words of the page's language: messages, dates, sizes, lists.
import { load } from "virtual:languages";

import type english from "../languages/en.ts";

export type Key = keyof typeof english;

export const language = document.documentElement.lang;

let messages: Awaited<ReturnType<(typeof load)[string]>>["default"] = {};

export async function loadMessages(): Promise<void> {
  messages = (await (load[language] ?? load["en"]!)()).default;
}

export function t(key: Key, values?: Readonly<Record<string, unknown>>): string {
  return messages[key]?.(values) ?? key;
}

const daySeconds = 86_400;

export function date(seconds: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(seconds * 1000));
}

const momentParts = { day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" } as const;

/** A point in time by the device's time zone, which is named: it may be another than the reader's. */
export function moment(seconds: number): string {
  return new Intl.DateTimeFormat(language, momentParts).format(new Date(seconds * 1000));
}

/** The day so many days after a time. */
export function dateAfter(seconds: number, days: number): string {
  return date(seconds + days * daySeconds);
}

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Rounded down, so that what has exactly that size fits. */
export function size(bytes: number): string {
  const step = Math.min(Math.max(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), 0), units.length - 1);
  const value = Math.floor((bytes / 1024 ** step) * 10) / 10;
  return new Intl.NumberFormat(language, { style: "unit", unit: units[step]!, unitDisplay: "short", maximumFractionDigits: 1 }).format(value);
}

export function list(items: readonly string[]): string {
  return new Intl.ListFormat(language, { type: "conjunction" }).format(items);
}
