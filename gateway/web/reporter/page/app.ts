// From the start page into the form or the mailbox: the worker is started, the charter verified, and only
// then something is asked.
import type { Report } from "../protocol.ts";
import { Client } from "./client.ts";
import { after, isCoverAllowed } from "./cover.ts";
import { el, show } from "./dom.ts";
import { whenWiped } from "./leave.ts";
import type { Pretence } from "./pretence.ts";
import { home } from "./served.ts";
import { language, loadMessages, t } from "./text.ts";

interface Pinned {
  readonly trust: string;
  readonly channel: string;
}

// What the gateway put into the page when it started; the worker reads it strictly.
function pinned(): Pinned {
  const { trust, channel } = JSON.parse(document.querySelector<HTMLMetaElement>("meta[name=pinned]")!.content) as Pinned;
  return { trust, channel };
}

const openChannel = (client: Client) => client.call("open", [pinned(), home.gateway, language]);

export async function begin(what: "report" | "return"): Promise<void> {
  const parts = what === "report" ? import("./form/form.ts") : import("./mailbox/enter.ts");
  await loadMessages();
  // A change of language would lose what was written.
  document.querySelector("footer")?.remove();
  show(el("h1", {}, t("checking")));
  const client = new Client();
  whenWiped(() => client.end());
  try {
    const channel = await openChannel(client);
    const loaded = await parts;
    if ("Form" in loaded) new loaded.Form(client, channel).show();
    else loaded.showEnter(client, channel);
  } catch (error) {
    client.end();
    const { showRefused } = await import("./refused.ts");
    showRefused(error, () => void begin(what));
  }
}

/** A decoy (cover.ts): what begin and the form do on the network, at the same times, and nothing on the page. */
export async function pretend({ fillSeconds, narrativeBytes }: Pretence, signal: AbortSignal): Promise<void> {
  if (signal.aborted || !isCoverAllowed()) return;
  await Promise.all([import("./form/form.ts"), loadMessages()]);
  if (signal.aborted) return;
  const client = new Client();
  signal.addEventListener("abort", () => client.end());
  try {
    await openChannel(client);
    await after(fillSeconds, signal);
    if (isCoverAllowed()) await client.call("sendDecoy", [decoy(narrativeBytes)]);
  } finally {
    client.end();
  }
}

// With the sizes of a report whose answers are short.
function decoy(narrativeBytes: number): Report {
  const no = { contact: false, supportServices: false, investigators: false, nationalAuthorities: false };
  return { draft: 0, language, narrative: "x".repeat(narrativeBytes), answers: { triage: [], account: [], identity: [] }, consents: no, files: [] };
}
