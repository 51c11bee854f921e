// One's own key: put into a file that a passkey opens, so that the next time is choosing a file and a touch.
import { SafeconductError } from "../../shared/base/error.ts";
import { button, el, notice } from "./dom.ts";
import { passkeyProblem, whyNoPasskeys } from "./passkey.ts";
import { problem } from "./problem.ts";
import { t } from "./text.ts";
import type { Work } from "./work.ts";

/** Posts have names of any script; files of ASCII are at home everywhere. */
const fileName = (label: string): string => `${label.replace(/[^A-Za-z0-9-]+/g, "-").replace(/^-+|-+$/g, "") || "key"}.passkey.age`;

export function keyView({ client, me, say, onLeave }: Work): HTMLElement {
  const error = el("p", { class: "error", role: "alert" });
  const place = el("div", {});
  const view = el("div", { class: "key-view" }, el("h1", { tabindex: -1 }, t("keyTitle")), el("p", {}, t("keyLead")), place, error);
  const why = whyNoPasskeys();
  if (why !== undefined) {
    place.append(notice("note", t(why)));
    return view;
  }
  const make = button(t("keyMake"), () => void wrap(), { primary: true, action: "make-passkey" });
  const wrap = async (): Promise<void> => {
    error.textContent = "";
    make.disabled = true;
    try {
      const file = await client.call("wrapKey", []);
      place.replaceChildren(notice("good", t("keyMade", { name: fileName(me.label) })), el("p", { class: "actions" }, saveButton(file)));
      place.querySelector("button")?.focus();
    } catch (thrown) {
      const about = thrown instanceof SafeconductError ? passkeyProblem(thrown) : undefined;
      error.textContent = about === undefined ? problem(thrown) : t(about);
      make.disabled = false;
      make.focus();
    }
  };
  const saveButton = (file: Uint8Array): HTMLButtonElement => {
    const address = URL.createObjectURL(new Blob([file.slice()], { type: "application/octet-stream" }));
    onLeave(() => URL.revokeObjectURL(address));
    return button(t("keySave"), () => {
      el("a", { href: address, download: fileName(me.label) }).click();
      say(t("keySaved"));
    }, { primary: true, action: "save-key" });
  };
  place.append(el("ul", {}, ...(["keyFactLost", "keyFactHost", "keyFactCloud"] as const).map((key) => el("li", {}, t(key)))), el("p", { class: "actions" }, make));
  return view;
}
