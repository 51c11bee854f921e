// What every page has around its content: the way out, the languages, the warning before it is wiped.
import { type Html, html } from "./html.ts";
import type { Translate } from "./languages.ts";
import { fill, type Placeholder } from "./placeholders.ts";

export interface Language {
  readonly code: string;
  readonly t: Translate;
}

/** How a page comes by its style and its program. */
export interface Program {
  readonly head: Html;
  readonly end: Html; // of the body
}

export interface Page {
  readonly language: Language;
  /** The languages that the page links to. */
  readonly all: readonly Language[];
  readonly program: Program;
}

export const at = (name: Placeholder): Html => html`${fill(name)}`;

function languageLinks({ language, all }: Page, path: string): Html {
  const link = ({ code, t }: Language): Html =>
    html`<li><a href="/${code}/${path}?channel=${at("channel")}" lang="${code}" hreflang="${code}" dir="${t("direction")}"${
      code === language.code ? html` aria-current="page"` : ""
    }>${t("languageName")}</a></li>`;
  return html`<footer>
<nav aria-label="${language.t("languages")}"><ul>${all.map(link)}</ul></nav>
</footer>
`;
}

/** `path` of this page in other languages, after "/LANGUAGE/". */
export function frame(page: Page, main: Html, path = ""): string {
  const { code, t } = page.language;
  return html`<!doctype html>
<html lang="${code}" dir="${t("direction")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<meta name="pinned" content="${at("pinned")}">
${page.program.head}<title>${at("title")}</title>
</head>
<body>
<header class="bar">
<p id="exit-hint">${t("exitHint")}</p>
<a class="exit" data-action="exit" href="${at("exit_url")}" rel="noreferrer nofollow" aria-describedby="exit-hint">${t("exit")}</a>
</header>
<main id="content" tabindex="-1">
${main}
</main>
${page.all.length > 0 ? languageLinks(page, path) : ""}<div id="idle" role="alertdialog" aria-labelledby="idle-text" hidden><div><p id="idle-text">${t("idleWarning")}</p><button type="button">${t("idleStay")}</button></div></div>
<div id="wiped" hidden><p>${t("wiped")}</p></div>
${page.program.end}</body>
</html>
`.text;
}
