// The charter as pages use it (gateway/charter/charter.h): its four lines opened, every rule checked,
// and asked questions. Who signed it, and whether it is still good, is open.ts.
import { equal, fromBase64, toHex } from "../base/bytes.ts";
import { SafeconductError, within } from "../base/error.ts";
import { parseSigned } from "../base/messages.ts";
import { isOrigin, linesOf, maxTime, maxVersion, parseDecimal } from "../base/text.ts";
import { type Channel, type Charter, CharterSchema, type Holder, Role } from "../generated/safeconduct/v1/charter_pb.ts";
import type { VerifierKey } from "../note/note.ts";
import { checkChannels } from "./channelRules.ts";
import { checkHolders } from "./holderRules.ts";
import { checkLogs, checkNextRoots, checkTexts, checkWitnesses, type Roots } from "./keyRules.ts";
import { hasRole, onChannel } from "./roles.ts";

export { hasQuorum, hasRole, onChannel } from "./roles.ts";
export type { Roots } from "./keyRules.ts";

const maxCharterBytes = 512 * 1024; // of the serialized message
const maxTextCharacters = Math.ceil(maxCharterBytes / 3) * 4 + 512;

/** A channel with its holders by role, in charter order, as stanzas stand. */
export interface ChannelInfo {
  readonly channel: Channel;
  readonly intake: readonly Holder[];
  readonly support: readonly Holder[];
  readonly trustees: readonly Holder[];
  readonly plainRecipients: readonly Holder[];
}

export class OpenCharter {
  readonly origin: string;
  readonly version: bigint;
  readonly expiry: number; // Unix seconds
  readonly message: Charter;
  readonly logs: readonly VerifierKey[]; // the one in use first, then the retired ones
  readonly witnesses: readonly VerifierKey[];
  readonly nextRoots: Roots | undefined;
  readonly channels: readonly ChannelInfo[];

  private constructor(origin: string, version: bigint, expiry: number, message: Charter) {
    this.origin = origin;
    this.version = version;
    this.expiry = expiry;
    this.message = message;
    checkHolders(message);
    checkChannels(message);
    this.witnesses = checkWitnesses(message);
    this.nextRoots = checkNextRoots(message);
    checkTexts(message);
    this.logs = checkLogs(message);
    if (this.logs.some(({ name }) => name === origin)) {
      throw new SafeconductError("rejected", "a log needs another origin than the charter's", "logs.vkey");
    }
    this.channels = message.channels.map((channel) => infoOf(message, channel));
  }

  /**
   * Opens and checks everything about a charter but who signed it and when it is read. Throws
   * malformed, too_large, unsupported (a field or value that this version does not have), rejected (a
   * rule broken; the field says which).
   */
  static fromText(text: string): OpenCharter {
    if (text.length > maxTextCharacters) throw new SafeconductError("too_large", "charter is too long");
    const [origin, version, expiry, body, ...rest] = linesOf(text) ?? [];
    if (origin === undefined || version === undefined || expiry === undefined || body === undefined || rest.length > 0) {
      throw new SafeconductError("malformed", "a charter is four lines: origin, version, expiry, base64 of the rest");
    }
    // What other notes of this system begin with can never begin a charter.
    if (!isOrigin(origin) || origin.startsWith("safeconduct/")) {
      throw new SafeconductError(
        "rejected",
        "an origin is 1 to 255 printable characters without spaces or plus signs, and does not begin with safeconduct/",
        "origin",
      );
    }
    const number = within("version", () => parseDecimal(version, maxVersion));
    if (number === 0n) throw new SafeconductError("malformed", "a charter's version is a decimal number from 1", "version");
    const time = within("expiry", () => parseDecimal(expiry, BigInt(maxTime)));
    return new OpenCharter(origin, number, Number(time), parseSigned(CharterSchema, fromBase64(body), maxCharterBytes));
  }

  /** The log in use. */
  get log(): VerifierKey {
    return this.logs[0]!;
  }

  /** Throws not_found. */
  channel(id: string): ChannelInfo {
    const found = this.channels.find(({ channel }) => channel.id === id);
    if (found === undefined) throw new SafeconductError("not_found", "the charter has no such channel", "channel");
    return found;
  }

  holderByLabel(label: string): Holder | undefined {
    return this.message.holders.find((holder) => holder.label === label);
  }

  holderByRequestKey(key: Uint8Array): Holder | undefined {
    return this.message.holders.find((holder) => equal(holder.requestKey, key));
  }

  holderByEventKey(key: Uint8Array): Holder | undefined {
    return this.message.holders.find((holder) => equal(holder.eventKey, key));
  }

  /** The digest, in hex, of the text in that language or else the first one; undefined without texts. */
  textDigest(language: string): string | undefined {
    const primary = language.split("-", 1)[0];
    const { texts } = this.message;
    const text =
      texts.find((each) => each.language === language) ??
      texts.find((each) => each.language.split("-", 1)[0] === primary) ??
      texts[0];
    return text === undefined ? undefined : toHex(text.sha256);
  }
}

function infoOf(message: Charter, channel: Channel): ChannelInfo {
  const here = message.holders.filter((holder) => onChannel(holder, channel.id));
  return {
    channel,
    intake: here.filter((holder) => hasRole(holder, Role.INTAKE)),
    support: here.filter((holder) => hasRole(holder, Role.SUPPORT)),
    trustees: here.filter((holder) => hasRole(holder, Role.TRUSTEE)),
    plainRecipients: here.filter((holder) => channel.plainRecipients.includes(holder.label)),
  };
}
