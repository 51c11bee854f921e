// The office as it is now: the charter in force, verified in the worker, and held against what this device remembers.
import type { Alarm, OfficeView } from "../protocol.ts";
import type { Client } from "./client.ts";
import { remember, remembered } from "./memory.ts";
import { language } from "./text.ts";

// What the gateway put into the page when it started; the worker reads it strictly.
function pinnedTrust(): string {
  const { trust } = JSON.parse(document.querySelector<HTMLMetaElement>("meta[name=pinned]")!.content) as { trust: string };
  return trust;
}

/** What was seen is remembered, unless it is an alarm. Throws unavailable, busy; unsupported where workers do not run. */
export async function openOffice(client: Client): Promise<OfficeView | Alarm> {
  const opened = await client.call("open", [pinnedTrust(), location.origin, language(), remembered()]);
  if (!("kind" in opened)) remember(opened.seen);
  return opened;
}
