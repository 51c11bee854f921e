// The pages of one language: complete and readable without any program. What differs between gateways
// and channels is left to placeholders.
import { Html, html } from "./html.ts";
import { fill, type Placeholder } from "./placeholders.ts";
import type { Translate } from "./languages.ts";

export interface Assets {
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

export interface Language {
  readonly code: string;
  readonly t: Translate;
}

interface Page {
  readonly language: Language;
  readonly all: readonly Language[];
  readonly assets: Assets;
}

const at = (name: Placeholder): Html => html`${fill(name)}`;
// Words of the charter's texts, which may be of another language than the page.
const words = (name: Placeholder): Html => html`<p lang="${at("text_language")}" dir="auto">${at(name)}</p>`;
const lines = (name: Placeholder): Html => html`<p class="lines ${name}" lang="${at("text_language")}" dir="auto">${at(name)}</p>`;

function frame({ language, all, assets }: Page, main: Html, path = ""): string {
  const { code, t } = language;
  const link = (other: Language): Html =>
    html`<li><a href="/${other.code}/${path}?channel=${at("channel")}" lang="${other.code}" hreflang="${other.code}" dir="${other.t("direction")}"${
      other.code === code ? html` aria-current="page"` : ""
    }>${other.t("languageName")}</a></li>`;
  return html`<!doctype html>
<html lang="${code}" dir="${t("direction")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<meta name="pinned" content="${at("pinned")}">
<meta name="decoys" content="${at("decoys")}">
<title>${at("title")}</title>
<link rel="icon" href="${assets.icon}">
<link rel="stylesheet" href="${assets.style}">
<script type="module" src="${assets.script}"></script>
</head>
<body>
<header class="bar">
<p id="exit-hint">${t("exitHint")}</p>
<a class="exit" data-action="exit" href="${at("exit_url")}" rel="noreferrer nofollow" aria-describedby="exit-hint">${t("exit")}</a>
</header>
<main id="content" tabindex="-1">
${main}
</main>
<footer>
<nav aria-label="${t("languages")}"><ul>${all.map(link)}</ul></nav>
</footer>
<div id="idle" role="alertdialog" aria-labelledby="idle-text" hidden><div><p id="idle-text">${t("idleWarning")}</p><button type="button">${t("idleStay")}</button></div></div>
<div id="wiped" hidden><p>${t("wiped")}</p></div>
</body>
</html>
`.text;
}

export function startPage(page: Page): string {
  const { code, t } = page.language;
  const item = (text: string): Html => html`<li>${text}</li>`;
  const plain = html`/${code}/plain?channel=${at("channel")}`;
  return frame(
    page,
    html`<h1 lang="${at("text_language")}" dir="auto">${at("channel_title")}</h1>
${words("channel_about")}
<noscript><p class="note">${t("noScript")}</p><p><a class="button primary" href="${plain}">${t("plainTitle")}</a></p></noscript>
<p class="actions" hidden><button type="button" class="primary" data-action="next">${t("startBegin")}</button>
<button type="button" data-action="return">${t("startReturn")}</button></p>
<p class="quiet">${t("startTime")}</p>
<section class="urgent"><h2>${t("dangerTitle")}</h2><p>${t("dangerText")}</p>${lines("contacts")}</section>
<section><h2>${t("readersTitle")}</h2>${words("channel_readers")}</section>
<section><h2>${t("nextTitle")}</h2>${words("channel_next")}
<dl><div><dt>${t("acknowledgeLabel")}</dt><dd>${at("acknowledge_days")}</dd></div><div><dt>${t("feedbackLabel")}</dt><dd>${at("feedback_days")}</dd></div></dl>
<p>${t("receiptText")}</p><p>${t("notPromised")}</p></section>
<section><h2>${t("protectedTitle")}</h2><ul>${[t("protected1"), t("protected2"), t("protected3")].map(item)}</ul></section>
<section><h2>${t("notProtectedTitle")}</h2><ul>${[
      t("notProtected1"),
      t("notProtected2"),
      t("notProtected3"),
      t("notProtected4"),
      t("notProtected5"),
    ].map(item)}</ul>
<p class="maybe">${t("onionText")} <code dir="ltr">${at("onion")}</code></p>
<p><a href="${plain}">${t("plainLink")}</a></p></section>`,
  );
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
<form method="post" action="/${code}/plain?channel=${at("channel")}" enctype="multipart/form-data" autocomplete="off">
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
