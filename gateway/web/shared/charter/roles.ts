// Who a holder is to a channel.
import type { Holder, Role } from "../generated/safeconduct/v1/charter_pb.ts";

export function hasRole(holder: Holder, role: Role): boolean {
  return holder.roles.includes(role);
}

/** A holder without channels is on all of them. */
export function onChannel(holder: Holder, channel: string): boolean {
  return holder.channels.length === 0 || holder.channels.includes(channel);
}
