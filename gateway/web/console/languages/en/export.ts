// A case as a ZIP.
export default {
  exportTitle: "A copy to keep or hand over",
  exportAbout: "One ZIP with the sealed parts that you may fetch, everything that was done, signed, and the proofs of the public log. Nothing in it is opened: parts open with your key only. It shows who did what and when. Anybody with the office’s trust file can check it offline: safeconduct custody verify.",
  exportMake: "Export the case",
  exportMaking: "Fetching and checking it…",
  exportProgress: "Fetching and checking it: {done} of {total}.",
  exportMade: "{files, plural, one {Exported: one file.} other {Exported: # files.}}",
  exportUnproven: "{count, plural, one {One entry is not in the public log yet; export again later for its proof.} other {# entries are not in the public log yet; export again later for their proofs.}}",
};
