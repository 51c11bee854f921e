// The entry of every page: leaving it, links of contacts, and the way into the form or the mailbox, whose
// program is loaded then.
import "./style.css";
import { coverVisit } from "./cover.ts";
import { watch } from "./leave.ts";

// "Emergency telephone: 112" becomes a link where the value is a telephone number or an address.
function linkContacts(): void {
  const place = document.querySelector(".contacts");
  if (place === null) return;
  const lines = (place.textContent ?? "").split("\n").filter((line) => line !== "");
  place.replaceChildren(
    ...lines.map((line) => {
      const at = line.lastIndexOf(": ") + 2;
      const value = line.slice(at);
      const href = /^\+?[0-9][0-9 ()/-]{1,30}$/.test(value)
        ? `tel:${value.replace(/[^+0-9]/g, "")}`
        : /^[^\s@:/]+@[^\s@:/]+$/.test(value)
          ? `mailto:${value}`
          : undefined;
      const shown = document.createElement(href === undefined ? "span" : "a");
      shown.textContent = value;
      shown.dir = "ltr";
      if (href !== undefined) shown.setAttribute("href", href);
      const whole = document.createElement("span");
      whole.append(line.slice(0, at), shown);
      return whole;
    }),
  );
}

function offer(): void {
  const actions = document.querySelector<HTMLElement>(".actions");
  if (actions === null) return; // another page than the start page
  actions.hidden = false;
  const endCover = coverVisit(async (what, signal) => (await import("./app.ts")).pretend(what, signal));
  for (const button of actions.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      endCover();
      actions.setAttribute("aria-busy", "true");
      for (const each of actions.querySelectorAll("button")) each.disabled = true;
      void import("./app.ts").then(({ begin }) => begin(button.dataset["action"] === "return" ? "return" : "report"));
    });
  }
}

watch();
linkContacts();
offer();
