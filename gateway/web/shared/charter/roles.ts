// Who a holder is to a channel, and to whom a channel's accounts are sealed.
import { AccountRelease, type Channel, type Holder, type Role } from "../generated/safeconduct/v1/charter_pb.ts";

export function hasRole(holder: Holder, role: Role): boolean {
  return holder.roles.includes(role);
}

/** A holder without channels is on all of them. */
export function onChannel(holder: Holder, channel: string): boolean {
  return holder.channels.length === 0 || holder.channels.includes(channel);
}

/** Whether accounts are sealed to a quorum of the channel's trustees, and not to intake. */
export function hasQuorum(channel: Channel): boolean {
  return channel.policy?.account === AccountRelease.QUORUM;
}
