// Where the program of the digest is from, in the copy that is carried (in place of served.ts): inside of it.
import worker from "virtual:worker";

import type { Program } from "./digest.ts";

export const program: Program = {
  url: () => URL.createObjectURL(new Blob([worker], { type: "text/javascript" })),
  type: "classic",
};
