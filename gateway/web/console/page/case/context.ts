// What the parts of a case's view are given.
import type { Act, CaseView } from "../../protocol.ts";
import type { Work } from "../work.ts";

export interface CaseContext {
  readonly work: Work;
  readonly view: CaseView;
  /** Does it, shows the case as it is then, and says `done`. Throws what is to be said beside the form. */
  readonly act: (what: Act, done: string) => Promise<void>;
}
