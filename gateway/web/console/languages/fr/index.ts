// French. Values are ICU MessageFormat.
import type { Translation } from "../en/index.ts";
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

export default { page, unlock, key, inbox, caseView, conversation, deeds, people, grants, records, releases, figures, timeline, files, exported, audit } satisfies Translation;
