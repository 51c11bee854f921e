// Charters that are not the gateway's, served in its place.
import { readFileSync } from "node:fs";

import type { Instead, WebPages } from "./webPages.ts";

const note = (pages: WebPages): string => readFileSync(pages.gateway.file("charter.note"), "utf8");

// As protobuf: field 1 of CharterDocument is the note.
function serving(text: string): Instead {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return (_method, path, response) => {
    if (path !== "/v1/charter") return false;
    response.writeHead(200, {
      "Content-Type": "application/x-protobuf", Date: new Date().toUTCString(),
      "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Date", // as the gateway, for offline copies
    });
    response.end(Buffer.concat([Buffer.from([10, ...length]), bytes]));
    return true;
  };
}

/** The charter with one bit changed. */
export function tampered(pages: WebPages): Instead {
  const lines = note(pages).split("\n");
  const body = Buffer.from(lines[3]!, "base64");
  body[20]! ^= 1;
  return serving([...lines.slice(0, 3), body.toString("base64"), ...lines.slice(4)].join("\n"));
}

/** The charter with one signature less than the threshold. */
export function signedByTooFew(pages: WebPages): Instead {
  const lines = note(pages).split("\n");
  return serving(lines.filter((_, i) => i !== lines.findIndex((each) => each.startsWith("— "))).join("\n"));
}

/** The charter itself, and nothing that shows that the charters' log has it. */
export function withoutProof(pages: WebPages): Instead {
  return serving(note(pages));
}
