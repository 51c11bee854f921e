// The trust file: lines of words, `#` begins a comment line (grammar of c2sp.org/tlog-policy).
#include <algorithm>
#include <map>
#include <set>

#include "crypto/base/text.h"
#include "crypto/tlog/cosignature.h"
#include "gateway/charter/charter.h"
#include "gateway/charter/text.h"

namespace safeconduct::charter {
namespace {

constexpr std::size_t kMaxKeys = 32;  // of each kind
constexpr std::size_t kMaxGroups = 32;

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

bool HasControlCharacter(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

class Parser {
 public:
  Status Line(const std::vector<std::string_view>& words) {
    const std::string_view kind = words[0];
    const Arguments arguments(words.begin() + 1, words.end());
    if (kind == "charter") return Charter(arguments);
    if (kind == "root") return Root(arguments);
    if (kind == "threshold") return Threshold(arguments);
    if (kind == "log") return Log(arguments);
    if (kind == "witness") return Witness(arguments);
    if (kind == "group") return Group(arguments);
    if (kind == "quorum") return Quorum(arguments);
    return Error(Code::kMalformed,
                 "a line of a trust file begins with charter, root, threshold, log, witness, "
                 "group or quorum");
  }

  Result<Trust> Finish() {
    if (trust_.origin.empty()) {
      return Error(Code::kMalformed, "a trust file needs a line: charter ORIGIN MINIMUM-VERSION",
                   "charter");
    }
    if (trust_.roots.empty()) {
      return Error(Code::kMalformed, "a trust file needs the root keys: root VKEY", "root");
    }
    if (!has_threshold_) {
      return Error(Code::kMalformed, "a trust file needs a line: threshold K", "threshold");
    }
    if (trust_.threshold > trust_.roots.size()) {
      return Error(Code::kRejected, "a threshold of more root keys than there are", "threshold");
    }
    if (!has_quorum_) {
      return Error(Code::kMalformed, "a trust file needs a line: quorum NAME, or quorum none",
                   "quorum");
    }
    return std::move(trust_);
  }

 private:
  using Arguments = std::vector<std::string_view>;
  struct GroupOf {
    std::size_t threshold = 0;
    std::vector<std::string> members;
  };

  Status Charter(const Arguments& arguments) {
    if (arguments.size() != 2 || !trust_.origin.empty() || !IsOrigin(arguments[0])) {
      return Error(Code::kMalformed, "one line: charter ORIGIN MINIMUM-VERSION", "charter");
    }
    const Result<std::uint64_t> version = ParseDecimal(arguments[1], kMaxVersion);
    if (!version.ok() || *version == 0) {
      return Error(Code::kMalformed, "the minimum version is a decimal number from 1", "charter");
    }
    trust_.origin = arguments[0];
    trust_.minimum_version = *version;
    return {};
  }

  Status Root(const Arguments& arguments) {
    if (arguments.size() != 1) return Error(Code::kMalformed, "one key a line: root VKEY", "root");
    const Result<note::VerifierKey> key = note::ParseVerifierKey(arguments[0]);
    if (!key.ok()) return key.error().In("root");
    if (!keys_.insert(key->key).second) return Error(Code::kRejected, "one key twice", "root");
    if (trust_.roots.size() == kMaxKeys) {
      return Error(Code::kTooLarge, "more than 32 root keys", "root");
    }
    trust_.roots.push_back(*key);
    return {};
  }

  Status Threshold(const Arguments& arguments) {
    const Error wrong(Code::kMalformed, "one line: threshold K, from 1", "threshold");
    if (arguments.size() != 1 || has_threshold_) return wrong;
    const Result<std::uint64_t> k = ParseDecimal(arguments[0], kMaxKeys);
    if (!k.ok() || *k == 0) return wrong;
    trust_.threshold = static_cast<std::size_t>(*k);
    has_threshold_ = true;
    return {};
  }

  // A URL may follow in tlog-policy; nothing here uses it.
  Status Log(const Arguments& arguments) {
    if (arguments.empty() || arguments.size() > 2) {
      return Error(Code::kMalformed, "one key a line: log VKEY", "log");
    }
    const Result<note::VerifierKey> key = note::ParseVerifierKey(arguments[0]);
    if (!key.ok()) return key.error().In("log");
    if (!keys_.insert(key->key).second) return Error(Code::kRejected, "one key twice", "log");
    if (trust_.logs.size() == kMaxKeys) return Error(Code::kTooLarge, "more than 32 logs", "log");
    trust_.logs.push_back(*key);
    return {};
  }

  Status Witness(const Arguments& arguments) {
    if (arguments.size() < 2 || arguments.size() > 3) {
      return Error(Code::kMalformed, "one key a line: witness NAME VKEY", "witness");
    }
    const std::string name(arguments[0]);
    const Result<note::VerifierKey> key = tlog::ParseWitnessKey(arguments[1]);
    if (!key.ok()) return key.error().In("witness");
    if (IsTaken(name)) return Error(Code::kRejected, "a name that is taken", "witness");
    if (!keys_.insert(key->key).second) return Error(Code::kRejected, "one key twice", "witness");
    if (witnesses_.size() == kMaxKeys) {
      return Error(Code::kTooLarge, "more than 32 witnesses", "witness");
    }
    witnesses_.emplace(name, *key);
    return {};
  }

  Status Group(const Arguments& arguments) {
    if (arguments.size() < 3) {
      return Error(Code::kMalformed, "group NAME K MEMBER..., with a number, all or any as K",
                   "group");
    }
    const std::string name(arguments[0]);
    if (IsTaken(name)) return Error(Code::kRejected, "a name that is taken", "group");
    if (groups_.size() == kMaxGroups) return Error(Code::kTooLarge, "more than 32 groups", "group");
    GroupOf group;
    for (const std::string_view word : Arguments(arguments.begin() + 2, arguments.end())) {
      const std::string member(word);
      if (groups_.contains(member)) {
        return Error(Code::kUnsupported, "this version has no groups of groups", "group");
      }
      if (!witnesses_.contains(member)) {
        return Error(Code::kMalformed, "a member of a group must be a witness of a line before",
                     "group");
      }
      if (!members_.insert(member).second) {
        return Error(Code::kRejected, "one witness twice in groups", "group");
      }
      group.members.push_back(member);
    }
    SC_ASSIGN(group.threshold, GroupThreshold(arguments[1], group.members.size()));
    groups_.emplace(name, std::move(group));
    return {};
  }

  static Result<std::size_t> GroupThreshold(std::string_view word, std::size_t members) {
    if (word == "all") return members;
    if (word == "any") return std::size_t{1};
    const Result<std::uint64_t> k = ParseDecimal(word, members);
    if (!k.ok() || *k == 0) {
      return Error(Code::kRejected, "a group's threshold is all, any, or 1 to its members",
                   "group");
    }
    return static_cast<std::size_t>(*k);
  }

  Status Quorum(const Arguments& arguments) {
    if (arguments.size() != 1 || has_quorum_) {
      return Error(Code::kMalformed, "one line: quorum NAME, or quorum none", "quorum");
    }
    has_quorum_ = true;
    const std::string name(arguments[0]);
    if (name == "none") return {};
    if (const auto witness = witnesses_.find(name); witness != witnesses_.end()) {
      trust_.witnesses = {witness->second};
      trust_.witness_threshold = 1;
      return {};
    }
    const auto group = groups_.find(name);
    if (group == groups_.end()) {
      return Error(Code::kMalformed, "the quorum names no witness or group of a line before",
                   "quorum");
    }
    for (const std::string& member : group->second.members) {
      trust_.witnesses.push_back(witnesses_.at(member));
    }
    trust_.witness_threshold = group->second.threshold;
    return {};
  }

  bool IsTaken(const std::string& name) const {
    return name == "none" || witnesses_.contains(name) || groups_.contains(name);
  }

  Trust trust_;
  bool has_threshold_ = false;
  bool has_quorum_ = false;
  std::set<PublicKey> keys_;  // of all kinds: one key never serves two
  std::map<std::string, note::VerifierKey> witnesses_;
  std::map<std::string, GroupOf> groups_;
  std::set<std::string> members_;
};

}  // namespace

Result<Trust> ParseTrust(std::string_view text) {
  if (text.size() > kMaxTrustBytes) return Error(Code::kTooLarge, "a trust file of over 64 KiB");
  Parser parser;
  while (!text.empty()) {
    const std::optional<std::string_view> line = TakeLine(text);
    if (!line) return Error(Code::kMalformed, "the last line of a trust file has no newline");
    if (HasControlCharacter(*line)) {
      return Error(Code::kMalformed, "a trust file has control characters");
    }
    const std::vector<std::string_view> words = Words(*line);
    if (words.empty() || words[0].starts_with('#')) continue;
    SC_TRY(parser.Line(words));
  }
  return parser.Finish();
}

std::string FormatTrust(const Trust& trust) {
  std::string out =
      "# What a client of this gateway trusts. Compare it with a copy from elsewhere.\n";
  out += "charter " + trust.origin + " " + std::to_string(trust.minimum_version) + "\n";
  for (const note::VerifierKey& root : trust.roots) {
    out += "root " + note::FormatVerifierKey(root) + "\n";
  }
  out += "threshold " + std::to_string(trust.threshold) + "\n";
  for (const note::VerifierKey& log : trust.logs) {
    out += "log " + note::FormatVerifierKey(log) + "\n";
  }
  if (trust.witnesses.empty() || trust.witness_threshold == 0) return out + "quorum none\n";
  std::string group = "group witnesses " + std::to_string(trust.witness_threshold);
  for (std::size_t i = 0; i < trust.witnesses.size(); ++i) {
    const std::string name = "witness-" + std::to_string(i + 1);
    out += "witness " + name + " " + tlog::FormatWitnessKey(trust.witnesses[i]) + "\n";
    group += " " + name;
  }
  return out + group + "\nquorum witnesses\n";
}

}  // namespace safeconduct::charter
