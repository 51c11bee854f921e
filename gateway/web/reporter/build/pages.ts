// The pages of one language: complete and readable without any program. What differs between gateways
// and channels is left to placeholders.
import { at, frame, type Language, type Page, type Program } from "./frame.ts";
import { type Html, html } from "./html.ts";
import type { Placeholder } from "./placeholders.ts";

export interface Assets {
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

/** Of pages that a gateway serves: files of their own. */
export function servedProgram({ script, style, icon }: Assets): Program {
  return {
    head: html`<meta name="decoys" content="${at("decoys")}">
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
`,
    end: html``,
  };
}

// Words of the charter's texts, which may be of another language than the page.
const words = (name: Placeholder): Html => html`<p lang="${at("text_language")}" dir="auto">${at(name)}</p>`;
const lines = (name: Placeholder): Html => html`<p class="lines ${name}" lang="${at("text_language")}" dir="auto">${at(name)}</p>`;

// What differs between the page that is served and the copy that is carried.
interface Start {
  readonly plain: Html; // address of the page for those who seal by themselves
  readonly changed: string; // who could have changed this page
  readonly check?: Html; // how to find out
}

function startMain({ t }: Language, { plain, changed, check }: Start): Html {
  const item = (text: string): Html => html`<li>${text}</li>`;
  return html`<h1 lang="${at("text_language")}" dir="auto">${at("channel_title")}</h1>
${words("channel_about")}
<noscript><p class="note">${t("noScript")}</p><p><a class="button primary" href="${plain}">${t("plainTitle")}</a></p></noscript>
<p class="actions" hidden><button type="button" class="primary" data-action="next">${t("startBegin")}</button>
<button type="button" data-action="return">${t("startReturn")}</button></p>
<p class="quiet">${t("startTime")}</p>
<section class="urgent"><h2>${t("dangerTitle")}</h2><p>${t("dangerText")}</p>${lines("contacts")}</section>
${check ?? ""}<section><h2>${t("readersTitle")}</h2>${words("channel_readers")}</section>
<section><h2>${t("nextTitle")}</h2>${words("channel_next")}
<dl><div><dt>${t("acknowledgeLabel")}</dt><dd>${at("acknowledge_days")}</dd></div><div><dt>${t("feedbackLabel")}</dt><dd>${at("feedback_days")}</dd></div></dl>
<p>${t("receiptText")}</p><p>${t("notPromised")}</p></section>
<section><h2>${t("protectedTitle")}</h2><ul>${[t("protected1"), t("protected2"), t("protected3")].map(item)}</ul></section>
<section><h2>${t("notProtectedTitle")}</h2><ul>${[
    t("notProtected1"),
    t("notProtected2"),
    t("notProtected3"),
    changed,
    t("notProtected5"),
  ].map(item)}</ul>
<p class="maybe">${t("onionText")} <code dir="ltr">${at("onion")}</code></p>
<p><a href="${plain}">${t("plainLink")}</a></p></section>`;
}

const plainPath = (code: string): Html => html`/${code}/plain?channel=${at("channel")}`;

export function startPage(page: Page): string {
  const { code, t } = page.language;
  return frame(page, startMain(page.language, { plain: plainPath(code), changed: t("notProtected4") }));
}

/** The start page as one file that people carry, which sends to a gateway by its address. */
export function offlinePage(language: Language, program: Program): string {
  const { code, t } = language;
  const check = html`<section class="note"><h2>${t("offlineTitle")}</h2>
<p>${t("offlineText")} <code dir="ltr">${at("gateway")}</code></p><p>${t("offlineCheck")}</p></section>
`;
  const main = startMain(language, { plain: html`${at("gateway")}${plainPath(code)}`, changed: t("offlineChanged"), check });
  return frame({ language, all: [], program }, main);
}

export function plainPage(page: Page): string {
  const { code, t } = page.language;
  const command = "age -e -a -R recipients.txt -o report.age report.txt";
  return frame(
    page,
    html`<h1>${t("plainTitle")}</h1>
<p>${t("plainLead")}</p>
<p class="note off">${t("plainOff")}<span hidden>${at("plain_readers")}</span></p>
<div class="on">
<p>${t("plainWho")}</p><p class="lines" dir="auto">${at("plain_readers")}</p>
<ol class="steps">
<li><p>${t("plainStep1")}</p></li>
<li><p id="recipients">${t("plainStep2")}</p><pre dir="ltr" tabindex="0" role="region" aria-labelledby="recipients">${at("plain_recipients")}</pre></li>
<li><p id="command">${t("plainStep3")}</p><pre dir="ltr" tabindex="0" role="region" aria-labelledby="command">${command}</pre></li>
<li><p>${t("plainStep4")}</p><p>${t("plainFingerprint")} <code class="fingerprint" dir="ltr">${at("charter_fingerprint")}</code></p><p>${t("plainVersion")} ${at("charter_version")}</p></li>
<li><p>${t("plainStep5")}</p>
<form method="post" action="${plainPath(code)}" enctype="multipart/form-data" autocomplete="off">
<div class="field"><label for="age-file">${t("plainFile")}</label><input type="file" id="age-file" name="file"></div>
<div class="field"><label for="age-text">${t("plainText")}</label><textarea id="age-text" name="text" rows="4" dir="ltr" spellcheck="false" autocomplete="off"></textarea></div>
<p class="quiet">${t("plainLimit")} ${at("plain_bytes")}</p>
<p><button class="primary" data-action="send">${t("plainSend")}</button></p>
</form></li>
</ol>
<p class="note">${t("plainSeen")}</p>
</div>
<p><a href="/${code}/?channel=${at("channel")}">${t("startAgain")}</a></p>`,
    "plain",
  );
}

export function plainSentPage(page: Page): string {
  const { code, t } = page.language;
  return frame(
    page,
    html`<h1>${t("plainSentTitle")}</h1>
<p>${t("plainSentId")} <code dir="ltr">${at("report_id")}</code></p>
<p>${t("plainSentText")}</p>
<p><a href="/${code}/?channel=${at("channel")}">${t("startAgain")}</a></p>`,
    "plain",
  );
}

export function plainRefusedPage(page: Page): string {
  const { code, t } = page.language;
  return frame(
    page,
    html`<h1>${t("plainRefusedTitle")}</h1>
<p>${t("plainRefusedText")}</p>
<p><a href="/${code}/plain?channel=${at("channel")}">${t("back")}</a></p>`,
    "plain",
  );
}
