// From the start page into the form or the mailbox: the worker is started, the charter verified, and only
// then something is asked.
import { Client } from "./client.ts";
import { el, show } from "./dom.ts";
import { whenWiped } from "./leave.ts";
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

export async function begin(what: "report" | "return"): Promise<void> {
  const parts = what === "report" ? import("./form/form.ts") : import("./mailbox/enter.ts");
  await loadMessages();
  // A change of language would lose what was written.
  document.querySelector("footer")?.remove();
  show(el("h1", {}, t("checking")));
  const client = new Client();
  whenWiped(() => client.end());
  try {
    const channel = await client.call("open", [pinned(), home.gateway, language]);
    const loaded = await parts;
    if ("Form" in loaded) new loaded.Form(client, channel).show();
    else loaded.showEnter(client, channel);
  } catch (error) {
    client.end();
    const { showRefused } = await import("./refused.ts");
    showRefused(error, () => void begin(what));
  }
}
