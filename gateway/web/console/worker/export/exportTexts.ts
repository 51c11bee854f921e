// What of an export is for people: README.txt and the cover sheet, as the command line writes them
// (gateway/cli/case_export.cc, cover_sheet.cc). Neither is signed, and neither holds anything that was sealed.
import { toHex } from "../../../shared/base/bytes.ts";
import type { CaseFile } from "../../../shared/report/caseFile.ts";
import { authorOf, type CheckedEvent } from "../../../shared/report/event.ts";
import type { Session } from "../session.ts";
import { day, eventWords, statusWord, time } from "./eventWords.ts";

const ofReport = `\
  manifest             what the reporter signed: Ed25519 over the text "safeconduct/report/v1",
                       a line feed, and these bytes, by the event key that stands in it.
                       The first 16 bytes of its SHA-256 are the case's id.
  manifest.signature   that signature
  manifest.json        the manifest, readable
`;
const ofEvents = `\
  events/              what was done, in order: each event names the SHA-256 of the one before
                       (the first, of the manifest), and is signed over the text
                       "safeconduct/event/v1", a line feed, and its bytes.
                       Messages, notes and records in them open like the parts above.
                       NNNN-proof.txt proves that the event is in the log, as receipt.txt does.
`;

export function readme({ holder }: Session, file: CaseFile): string {
  const { summary } = file.view;
  return `Case ${file.id}

Exported for ${holder.label} (${holder.organisation}). Everything here was verified when it was exported.
What is sealed stays sealed: keep this folder as you keep the case.

Status: ${statusWord(file.status)}. Received on ${day(summary!.receivedDay)}, channel ${file.channel}.

To open a part, with age 1.3 or later and your own key file:

  age -d -i KEY account.age

Triage, account and identity are JSON, followed by spaces. An attachment is the file, followed by
zeros; its name, true length (bytes) and SHA-256 stand in the account:

  age -d -i KEY attachment-0.age | head -c BYTES > NAME

To check all of it again, offline, with the trust file of the office:

  safeconduct custody verify FOLDER --trust FILE

What there is:

${file.report === undefined ? "" : ofReport}\
  cover.html           what this is, for people; not signed
  *.age                the sealed parts that you may download
  promise.note         the log's signed promise that the report was accepted
  receipt.txt          the proof that it is in the log (c2sp.org/tlog-proof), if it was there when
                       this was exported; its extra data is the salt of the log's entry
  charter.note         the charter under which this was exported
${file.events.length === 0 ? "" : ofEvents}`;
}

// --- The cover sheet ------------------------------------------------------------------------------

const style = "body{font:11pt/1.45 Georgia,serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111}"
  + "h1{font-size:1.5em}h2{font-size:1.1em;margin-top:1.6em}table{border-collapse:collapse;width:100%}"
  + "td,th{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top}code{font-size:.85em;word-break:break-all}";

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const cell = (text: string): string => `<td>${escape(text)}</td>`;
const code = (text: string): string => `<code>${escape(text)}</code>`;
const row = (name: string, html: string): string => `<tr><th scope="row">${escape(name)}</th><td>${html}</td></tr>\n`;

/** `files`: names of what the folder holds. `now`: Unix seconds. */
export function coverSheet(session: Session, file: CaseFile, files: readonly string[], now: number): string {
  const { holder, charter } = session;
  const facts = row("Case", code(file.id)) + row("Channel", escape(file.channel)) + row("Received on", day(file.view.summary!.receivedDay))
    + row("Status", statusWord(file.status)) + row("Taken out by", escape(`${holder.label}, ${holder.organisation}`)) + row("Taken out on", day(now))
    + row("Charter", escape(`${charter.origin}, version ${charter.version}`)) + row("SHA-256 of the report", code(toHex(file.hash)));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Case ${escape(file.id)}</title>
<style>${style}</style></head>
<body>
<h1>Record of a confidential report</h1>
<p>This sheet goes with a folder of sealed files. It says what the folder holds and what was done with the case. What was \
reported does not stand on it: that is sealed, and opens only with the key of whoever took it out.</p>
<table>
${facts}</table>
${file.report === undefined ? "" : `<h2>What was reported, sealed</h2>\n${parts(file, files)}`}\
<h2>What was done</h2>
${file.events.length === 0 ? "<p>Nothing yet.</p>\n" : events(session, file)}\
<h2>How to check it</h2>
<p>Each event is signed by its author and names the one before it; the reporter signed the report, and the office's log signed \
that it was accepted. With the office's trust file, which is obtained from the office and not from this folder, anybody can \
check all of it without a network:</p>
<p>${code("safeconduct custody verify FOLDER --trust FILE")}</p>
<p>README.txt in the folder says how the parts are opened with age, a standard program, and how the signatures are made. \
This sheet itself is not signed: where it and the files differ, the files hold.</p>
</body>
</html>
`;
}

function parts({ report }: CaseFile, files: readonly string[]): string {
  const rows = report!.manifest.compartments.map(({ name, payloadBytes, payloadDigest }) =>
    `<tr>${cell(name)}${cell(String(payloadBytes))}<td>${code(toHex(payloadDigest))}</td>`
    + `${cell(files.includes(`${name}.age`) ? "yes" : "no: not this holder's to take out")}</tr>\n`);
  return `<table>\n<tr><th>Part</th><th>Bytes sealed</th><th>Digest signed by the reporter</th><th>In this folder</th></tr>\n${rows.join("")}</table>\n`;
}

function events(session: Session, file: CaseFile): string {
  const rows = file.events.map((checked) => {
    const { event } = checked;
    return `<tr>${cell(String(event.sequence))}${cell(time(event.time))}${cell(authorName(session, file, checked))}${cell(eventWords(event, session.charter))}</tr>\n`;
  });
  return `<table>\n<tr><th>No.</th><th>Time, to the hour</th><th>Who</th><th>What</th></tr>\n${rows.join("")}</table>\n`;
}

function authorName({ charter }: Session, file: CaseFile, { event }: CheckedEvent): string {
  const author = authorOf(event, file.report?.manifest.eventKey, charter);
  if (author === "reporter") return author;
  return author?.label ?? (file.report === undefined ? "the reporter or another key" : "a key that the charter does not name");
}
