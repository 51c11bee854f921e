// The part of the protocol that is about what was read.
import type { Code } from "../shared/base/error.ts";

/** What was read on earlier visits. */
export interface KeptMarks {
  readonly marks: readonly ReadMark[];
  readonly unreadable?: Code; // there are some, and they do not open: they are none
}

/** How many events a case, by its id, had when it was read. */
export type ReadMark = readonly [id: string, events: number];
