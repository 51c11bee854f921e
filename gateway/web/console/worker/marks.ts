// What the holder has read, as the gateway keeps it for the next visit (shared/report/readMarks.ts). Several browsers
// may: what they put is brought together, and never says that less was read than any of them said.
import { hasCode, SafeconductError } from "../../shared/base/error.ts";
import { maxReadMarks, mergeReadMarks, openReadMarks, type ReadMarks, sealReadMarks } from "../../shared/report/readMarks.ts";
import type { KeptMarks, ReadMark } from "../marksProtocol.ts";
import type { Session } from "./session.ts";

const maxTries = 5; // against other browsers

/** Throws unavailable, busy; rejected for those who read no case. What cannot be opened is none, and said. */
export async function loadMarks(session: Session): Promise<KeptMarks> {
  const { marks, unreadable } = await load(session);
  return { marks: [...marks], ...(unreadable && { unreadable }) };
}

/**
 * Keeps `read`, without cases that are not `listed` (any more), together with what others kept meanwhile, who may list
 * more. Of too many, those listed last are not kept. What is kept of listed cases then. Throws as loadMarks;
 * unsupported when a newer version has put some.
 */
export async function keepMarks(session: Session, read: ReadMarks, listed: readonly string[]): Promise<readonly ReadMark[]> {
  const { api, party } = session;
  const isListed = new Set(listed);
  for (let tries = 1; ; ++tries) {
    const { version, marks, unreadable } = await load(session);
    if (unreadable === "unsupported") throw new SafeconductError("unsupported", "read marks of a newer version", "marks");
    const all = mergeReadMarks(read, marks);
    const others = [...marks.keys()].filter((id) => !isListed.has(id) && !read.has(id));
    const wanted = new Map([...listed.filter((id) => all.has(id)), ...others].slice(0, maxReadMarks).map((id) => [id, all.get(id)!]));
    const kept = [...wanted].filter(([id]) => isListed.has(id));
    if (unreadable === undefined && isSame(wanted, marks)) return kept;
    try {
      await api.putMarks(party.key("request"), version, await sealReadMarks(wanted, party));
      return kept;
    } catch (error) {
      if (!hasCode(error, "conflict") || tries === maxTries) throw error;
    }
  }
}

interface Loaded {
  readonly version: bigint;
  readonly marks: ReadMarks;
  readonly unreadable?: KeptMarks["unreadable"];
}

async function load({ api, party }: Session): Promise<Loaded> {
  const { version, sealed } = await api.readMarks(party.key("request"));
  if (version === 0n) return { version, marks: new Map() };
  try {
    return { version, marks: await openReadMarks(sealed, party) };
  } catch (error) {
    if (!(error instanceof SafeconductError)) throw error;
    return { version, marks: new Map(), unreadable: error.code };
  }
}

const isSame = (a: ReadMarks, b: ReadMarks): boolean => a.size === b.size && [...a].every(([id, events]) => b.get(id) === events);
