// Events about who works on a case and how it stands (gateway/cli/case_work.cc): bodies for signEvent.
// What is sealed: record.ts; what is granted: grant.ts. `ended` takes back what was said before.
import type { Holder } from "../generated/safeconduct/v1/charter_pb.ts";
import type { EventBody } from "./event.ts";

/** The holder works on the case and sees that it is there; nothing of its content. */
export function assign(holder: Holder, ended = false): EventBody {
  return { case: "assignment", value: { holder: holder.eventKey, ended } };
}

/** Conflict of interest: the holder neither sees nor reads the case, whatever was granted. */
export function exclude(holder: Holder, ended = false): EventBody {
  return { case: "exclusion", value: { holder: holder.eventKey, ended } };
}

/** Without compartments: everything that was granted. What was downloaded before cannot be unread. */
export function revoke(holder: Holder, compartments: readonly string[] = []): EventBody {
  return { case: "revocation", value: { holder: holder.eventKey, compartments: [...compartments] } };
}

/** Two reports of one incident; `otherHash` is of a case that checkCase took. */
export function link(otherHash: Uint8Array, ended = false): EventBody {
  return { case: "link", value: { reportHash: otherHash, ended } };
}

/** Spam, or nothing for this office: the case stays, out of the way. */
export function dismiss(ended = false): EventBody {
  return { case: "dismissal", value: { ended } };
}

/** Legal hold: nothing of the case is erased. */
export function hold(ended = false): EventBody {
  return { case: "hold", value: { ended } };
}

/** The content is destroyed, for everybody; the gateway asks for a second person. */
export function erase(): EventBody {
  return { case: "erasure", value: {} };
}
