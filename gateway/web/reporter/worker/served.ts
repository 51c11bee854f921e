// Where the program of the digest is from, when a gateway serves it: of the same origin.
import worker from "./digestWorker.ts?worker&url";

import type { Program } from "./digest.ts";

export const program: Program = { url: () => worker, type: "module" };
