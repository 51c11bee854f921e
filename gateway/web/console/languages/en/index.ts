// English: the language that the others are translated from. Values are ICU MessageFormat.
import audit from "./audit.ts";
import caseView from "./case.ts";
import conversation from "./conversation.ts";
import deeds from "./deeds.ts";
import exported from "./export.ts";
import figures from "./figures.ts";
import files from "./files.ts";
import grants from "./grants.ts";
import inbox from "./inbox.ts";
import key from "./key.ts";
import page from "./page.ts";
import people from "./people.ts";
import records from "./records.ts";
import releases from "./releases.ts";
import timeline from "./timeline.ts";
import unlock from "./unlock.ts";

const english = { page, unlock, key, inbox, caseView, conversation, deeds, people, grants, records, releases, figures, timeline, files, exported, audit };
export default english;

type English = typeof english;
/** A part's name is its part in every language. A key stands in one part only, so it needs no part's name. */
export type Key = { [Part in keyof English]: keyof English[Part] }[keyof English];
/** What another language has to say. */
export type Translation = { readonly [Part in keyof English]: Readonly<Record<keyof English[Part], string>> };
