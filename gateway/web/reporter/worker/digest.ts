// Where the digest of a file is computed: of a large one in a worker of its own, beside the sealing, if this browser
// starts one inside a worker; else where it is sealed.
import { type FileDigest, LocalDigest, WorkerDigest } from "../../shared/base/fileDigest.ts";
import { program } from "./served.ts";

/** What depends on where the page is from: served.ts, or carried.ts in its place. */
export interface Program {
  readonly url: () => string;
  readonly type: WorkerType;
}

// Smaller ones are hashed before another program would be loaded.
const largeBytes = 8 * 1024 * 1024;

const worker = globalThis as { readonly trustedTypes?: Window["trustedTypes"] };
// Made once: a policy of a name that there is already is refused.
const policy = worker.trustedTypes?.createPolicy("safeconduct", { createScriptURL: (url) => url });

export async function startDigest(bytes: number): Promise<FileDigest> {
  if (bytes < largeBytes) return new LocalDigest();
  try {
    const url = program.url();
    return await WorkerDigest.start(new Worker(policy?.createScriptURL(url) ?? url, { type: program.type }));
  } catch {
    return new LocalDigest();
  }
}
