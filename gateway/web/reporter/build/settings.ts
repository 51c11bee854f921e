// What the build of the served pages and that of the offline copy have in common.
import type { UserConfig } from "vite";

export const target = ["firefox115", "chrome109", "safari16.4"];

// One copy of each: @noble/post-quantum names older ones, whose functions that it uses are the same.
export const resolve = { dedupe: ["@noble/curves", "@noble/hashes", "@noble/ciphers"] };

// What the worker does not use of a package, it does not run either.
export const workerTreeshake = { moduleSideEffects: false };

export const common = { publicDir: false, logLevel: "warn", resolve } as const satisfies UserConfig;
