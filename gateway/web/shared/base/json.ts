// JSON to protobuf messages: what was sealed, once it is opened. A file of its own, since whoever only seals
// needs none of it.
import { type DescMessage, fromJsonString, type MessageShape } from "@bufbuild/protobuf";

import { fromUtf8 } from "./bytes.ts";
import { SafeconductError } from "./error.ts";

/** Unknown fields are skipped: an older client reads what a newer one sealed. Throws malformed. */
export function fromJson<T extends DescMessage>(schema: T, bytes: Uint8Array): MessageShape<T> {
  const text = fromUtf8(bytes);
  try {
    return fromJsonString(schema, text, { ignoreUnknownFields: true });
  } catch {
    throw new SafeconductError("malformed", "not a message of this kind");
  }
}
