// What the gateway fills into the pages: {{name}}, once a charter is accepted, for each language and
// channel. One rule of escaping: & < > " ' become character references, wherever the name stands. A value
// that does not exist is empty, and the pages hide what is about it.

export const placeholders = {
  title: "of the configuration: the neutral title of every page",
  exit_url: "of the configuration: where the quick exit leads to",
  onion: "of the configuration: the address of the onion service",
  pinned: 'JSON: {"trust": the trust file, "channel": id of the channel}',
  decoys: "of the configuration: on, where start pages may post decoys; else empty",
  channel: "id of the channel",
  channel_title: "words of the channel from the texts: of the page's language, else of English",
  channel_about: "the same",
  channel_readers: "the same",
  channel_next: "the same",
  text_language: "language of these words: that of the page, or en",
  contacts: "a line for each contact: its words, a colon and a space, its value",
  acknowledge_days: "of the channel's deadlines; empty for 0",
  feedback_days: "the same",
  plain_readers: "a line for each plain recipient: label, a comma and a space, organisation; empty: no plain reports",
  plain_recipients: "a line for each plain recipient: age1pq1…",
  plain_bytes: "the largest plain report",
  charter_version: "of the charter in force",
  charter_fingerprint: "SHA-256 of the charter's note in hex, in groups of four",
  gateway: "on offline.html only: origin of the gateway, as https://report.example.org",
  report_id: "on plain-sent.html only: of the plain report that was accepted",
} as const;

export type Placeholder = keyof typeof placeholders;

export const placeholderPattern = /\{\{([a-z_]+)\}\}/g;

/** The text of a placeholder; it needs no escaping. */
export function fill(name: Placeholder): string {
  return `{{${name}}}`;
}
