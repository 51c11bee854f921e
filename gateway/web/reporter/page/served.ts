// Where the page is from, when a gateway serves it: the API and the worker are of the same origin.
import type { Home } from "./client.ts";
import worker from "../worker/worker.ts?worker&url";

export const home: Home = { gateway: location.origin, worker, workerType: "module" };
