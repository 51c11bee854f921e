// Giving access to somebody.
export default {
  nobodyLeft: "There is nobody to choose.",
  grantGive: "Give it to somebody",
  grantTitle: "Give away: {part}",
  grantWho: "To whom",
  grantIdentityHelp: "Only those are offered whom the reporter allows to know who it is.",
  grantLearns: "{name} can read this: {part}. What was read cannot be unread, even when the access ends.",
  grantLearnsFiles: "{name} can read this: {part}, with all its attachments. What was read cannot be unread, even when the access ends.",
  grantNobody: "There is nobody here to whom it could be given.",
  grant: "Give access",
  granted: "Access was given.",
  untilLabel: "Until",
  untilNever: "No end",
  until30: "For 30 days",
  until90: "For 90 days",
  until180: "For 180 days",
  until: "until {date}",
};
