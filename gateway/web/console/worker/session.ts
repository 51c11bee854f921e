// What a session has: the verified charter, the gateway, and the holder's keys, which exist here only.
import type { GatewayApi } from "../../shared/api/api.ts";
import { toHex } from "../../shared/base/bytes.ts";
import type { OpenCharter } from "../../shared/charter/charter.ts";
import type { Trust } from "../../shared/charter/trust.ts";
import { type Holder, Role } from "../../shared/generated/safeconduct/v1/charter_pb.ts";
import { CaseStatus } from "../../shared/generated/safeconduct/v1/event_pb.ts";
import type { Party } from "../../shared/identity/party.ts";
import type { Person, RoleName, Status } from "../protocol.ts";
import type { ReportLog } from "./reportLog.ts";

export interface Office {
  readonly api: GatewayApi;
  readonly trust: Trust;
  readonly charter: OpenCharter;
  readonly note: string; // of the charter, as it was signed
  readonly log: ReportLog;
}

export interface Session extends Office {
  readonly party: Party;
  readonly holder: Holder; // of the charter, with the keys of the party
}

const roles: Readonly<Partial<Record<Role, RoleName>>> = {
  [Role.INTAKE]: "intake",
  [Role.INVESTIGATOR]: "investigator",
  [Role.SUPPORT]: "support",
  [Role.TRUSTEE]: "trustee",
  [Role.AUDITOR]: "auditor",
  [Role.RELAY]: "relay",
};

export function personOf(holder: Holder): Person {
  const named = holder.roles.flatMap((role) => roles[role] ?? []);
  return { key: toHex(holder.eventKey), label: holder.label, organisation: holder.organisation, roles: named, national: holder.nationalAuthority };
}

/** Of an event key; without a label when the charter does not name it (any more). */
export function personWith(eventKey: Uint8Array, charter: OpenCharter): Person {
  const holder = charter.holderByEventKey(eventKey);
  return holder === undefined ? { key: toHex(eventKey), label: "", organisation: "", roles: [], national: false } : personOf(holder);
}

const statuses: readonly (readonly [CaseStatus, Status])[] = [
  [CaseStatus.RECEIVED, "received"],
  [CaseStatus.ACKNOWLEDGED, "acknowledged"],
  [CaseStatus.IN_ASSESSMENT, "assessment"],
  [CaseStatus.UNDER_INVESTIGATION, "investigation"],
  [CaseStatus.REFERRED, "referred"],
  [CaseStatus.ACTION_TAKEN, "action"],
  [CaseStatus.CLOSED, "closed"],
];

export const statusName = (status: CaseStatus): Status => statuses.find(([each]) => each === status)?.[1] ?? "received";
export const statusNamed = (name: Status): CaseStatus => statuses.find(([, each]) => each === name)![0];
