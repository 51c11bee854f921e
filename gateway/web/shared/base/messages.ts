// Bytes to protobuf messages and back (proto/parse.h), and messages to JSON, which json.ts reads. What is
// signed is parsed by parseSigned, which refuses fields and enum values that this version does not know, at
// any depth, so that nobody acts on what nobody checked. Everything else drops them.
//
// Bytes are signed, verified and hashed as received, never serialized again.
import {
  type DescEnum,
  type DescMessage,
  fromBinary,
  type Message,
  type MessageShape,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";

import { SafeconductError } from "./error.ts";

/** Throws too_large, malformed, unsupported. */
export function parseSigned<T extends DescMessage>(schema: T, bytes: Uint8Array, maxBytes: number): MessageShape<T> {
  const message = parse(schema, bytes, maxBytes, true);
  refuseUnknown(reflect(schema, message));
  return message;
}

/** Throws too_large, malformed. */
export function parseTolerant<T extends DescMessage>(schema: T, bytes: Uint8Array, maxBytes: number): MessageShape<T> {
  return parse(schema, bytes, maxBytes, false);
}

function parse<T extends DescMessage>(schema: T, bytes: Uint8Array, maxBytes: number, keep: boolean): MessageShape<T> {
  if (bytes.length > maxBytes) throw new SafeconductError("too_large", "a message that is too long");
  try {
    return fromBinary(schema, bytes, { readUnknownFields: keep });
  } catch {
    throw new SafeconductError("malformed", "not a message of this kind");
  }
}

export function serialize<T extends DescMessage>(schema: T, message: MessageShape<T>): Uint8Array {
  return toBinary(schema, message);
}

function refuseUnknown(message: ReflectMessage): void {
  const unknown = new SafeconductError("unsupported", "a field or value that this version does not know");
  if ((message.message as Message).$unknown?.length) throw unknown;
  const checkEnum = (kind: DescEnum, value: unknown): void => {
    if (!kind.values.some(({ number }) => number === value)) throw unknown;
  };
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    if (field.fieldKind === "message") refuseUnknown(message.get(field));
    if (field.fieldKind === "enum") checkEnum(field.enum, message.get(field));
    if (field.fieldKind !== "list") continue;
    if (field.listKind === "message") for (const one of message.get(field)) refuseUnknown(one as ReflectMessage);
    if (field.listKind === "enum") for (const one of message.get(field)) checkEnum(field.enum, one);
  }
}

/** proto3 JSON on one line; fields that have their default are left out. Throws malformed for text that is not Unicode. */
export function toJson<T extends DescMessage>(schema: T, message: MessageShape<T>): string {
  const refuse = (_: string, value: unknown): unknown => {
    if (typeof value === "string" && !value.isWellFormed()) {
      throw new SafeconductError("malformed", "text that is not Unicode");
    }
    return value;
  };
  const text = toJsonString(schema, message);
  JSON.parse(text, refuse); // an escape of half a surrogate pair would be well-formed JSON
  return text;
}
