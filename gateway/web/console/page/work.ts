// What every view is given: who works here, the cases, and the way to another view.
import type { Me } from "../protocol.ts";
import type { Client } from "./client.ts";
import type { Store } from "./inbox/store.ts";

export type Place =
  | { readonly view: "inbox" }
  | { readonly view: "requests" }
  | { readonly view: "figures" }
  | { readonly view: "audit" }
  | { readonly view: "key" }
  | { readonly view: "case"; readonly id: string };

export interface Work {
  readonly client: Client;
  readonly me: Me;
  readonly store: Store;
  readonly go: (place: Place) => void;
  /** Spoken and shown for a moment. */
  readonly say: (text: string) => void;
  /** Runs when the view is left. */
  readonly onLeave: (leave: () => void) => void;
  /** The charter that is in force now, verified as at the start. */
  readonly renew: () => Promise<void>;
}
