// Where the page is from, when it is a file that was carried here (in place of served.ts): the gateway is
// the one that it was made for, and the worker is inside of it.
import program from "virtual:worker";

import type { Home } from "./client.ts";

export const home: Home = {
  gateway: document.querySelector<HTMLMetaElement>("meta[name=gateway]")!.content,
  worker: URL.createObjectURL(new Blob([program], { type: "text/javascript" })),
  workerType: "classic",
};
