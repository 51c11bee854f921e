// The one page of the console: everything in it is made by its program, once the charter is verified.
import { html } from "../../reporter/build/html.ts";
import { fill } from "../../reporter/build/placeholders.ts";

export interface Assets {
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

export function consolePage({ script, style, icon }: Assets): string {
  return html`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
<meta name="pinned" content="${fill("pinned")}">
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
<title>Safeconduct</title>
</head>
<body>
<div id="app"><noscript><p>The console needs JavaScript: what was reported is opened on this device only. The command line program safeconduct does the same without a browser.</p></noscript></div>
</body>
</html>
`.text;
}
