// What an event did, in the words of the command line (gateway/cli/event_words.cc): English, since an export is read by
// others and later. Without a character that the reporter or a holder chose freely.
import type { OpenCharter } from "../../../shared/charter/charter.ts";
import { CaseStatus, DeliveryState, type Event } from "../../../shared/generated/safeconduct/v1/event_pb.ts";
import { reportId } from "../../../shared/report/compartment.ts";

export const day = (seconds: bigint | number): string => new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
export const time = (seconds: bigint | number): string => `${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
export function statusWord(status: CaseStatus): string {
  const [name = "unknown"] = Object.entries(CaseStatus).find(([, value]) => value === status) ?? [];
  return name.toLowerCase().replaceAll("_", "-");
}

const until = (expires: bigint): string => (expires === 0n ? "" : ` until ${time(expires)}`);

const deliveries: Readonly<Partial<Record<DeliveryState, (message: string) => string>>> = {
  [DeliveryState.SENT]: (message) => `sent ${message} by SMS`,
  [DeliveryState.DELIVERED]: (message) => `reported that ${message} reached the telephone`,
  [DeliveryState.FAILED]: (message) => `could not send ${message}, which did not arrive`,
  [DeliveryState.UNSURE]: (message) => `does not know whether ${message} was sent, and does not send it again`,
  [DeliveryState.STOPPED]: (message) => `did not send ${message}: the reporter asked for no more SMS`,
};

export function eventWords({ body }: Event, charter: OpenCharter): string {
  const name = (key: Uint8Array): string => charter.holderByEventKey(key)?.label ?? "a key that the charter does not name (any more)";
  const names = (headers: readonly { readonly compartment: string }[]): string => headers.map(({ compartment }) => compartment).join(", ");
  switch (body.case) {
    case "message":
      return "wrote a message";
    case "status":
      return `changed the status to: ${statusWord(body.value.status)}`;
    case "assignment":
      return body.value.ended ? `took the case from ${name(body.value.holder)}` : `assigned the case to ${name(body.value.holder)}`;
    case "exclusion":
      return `${body.value.ended ? "let back in:" : "excluded:"} ${name(body.value.holder)}`;
    case "grant":
      return `granted ${names(body.value.headers)} to ${name(body.value.grantee)}${until(body.value.expires)}`;
    case "revocation":
      return `took ${body.value.compartments.length === 0 ? "everything" : body.value.compartments.join(", ")} back from ${name(body.value.holder)}`;
    case "note":
      return "noted something";
    case "custody":
      return "recorded that evidence changed hands";
    case "measures":
      return "recorded measures";
    case "link":
      return body.value.ended ? `parted the case from ${reportId(body.value.reportHash)}` : `linked the case with ${reportId(body.value.reportHash)}`;
    case "dismissal":
      return body.value.ended ? "took the dismissal back" : "dismissed the case";
    case "hold":
      return body.value.ended ? "lifted the legal hold" : "put the case under legal hold";
    case "request":
      return `asked for ${body.value.compartments.join(", ")}${until(body.value.expires)}`;
    case "approval": {
      const given = names(body.value.shares.filter(({ sealed }) => sealed.length > 0));
      const malformed = names(body.value.shares.filter(({ sealed }) => sealed.length === 0));
      return [given !== "" && `approved the release of ${given}`, malformed !== "" && `got no good share of ${malformed} from the reporter`].filter(Boolean).join("; ");
    }
    case "refusal":
      return "refused a release";
    case "handover":
      return `handed the shares over to ${name(body.value.successor)}`;
    case "consent":
      return "changed the consent";
    case "erasure":
      return "erased the case";
    case "expiry":
      return `erased the case, ${body.value.closedDays} ${body.value.closedDays === 1 ? "day" : "days"} after it was closed on ${day(body.value.closedDay)}`;
    case "delivery": {
      const message = `the message of event ${body.value.message}`;
      return deliveries[body.value.state]?.(message) ?? `said something of ${message} that this program does not know`;
    }
    default:
      return "did something that this program does not know";
  }
}
