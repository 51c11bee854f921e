// What the rules of a charter are written with. A rule that is broken throws rejected, or too_large for
// a count, with the field's path in charter.proto: the same as the C++ says (gateway/charter/*_rules.cc).
import { toHex } from "../base/bytes.ts";
import { SafeconductError } from "../base/error.ts";

export function refuse(field: string, message: string): never {
  throw new SafeconductError("rejected", message, field);
}

export function limit(count: number, max: number, field: string, message: string): void {
  if (count > max) throw new SafeconductError("too_large", message, field);
}

/** Things of which no two may be alike. */
export class Unlike {
  readonly #seen = new Set<string>();

  /** Whether it is the first of its kind. */
  add(value: string | number | Uint8Array): boolean {
    const key = value instanceof Uint8Array ? toHex(value) : String(value);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  has(value: string): boolean {
    return this.#seen.has(value);
  }

  get size(): number {
    return this.#seen.size;
  }
}
