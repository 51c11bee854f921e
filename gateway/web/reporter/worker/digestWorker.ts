// The entry of the worker that computes the digest of a large file while worker.ts seals it.
import { type DigestPort, serveDigest } from "../../shared/base/fileDigest.ts";

serveDigest(globalThis as unknown as DigestPort);
