#include "gateway/notify/message.h"

#include <algorithm>
#include <ctime>
#include <string_view>

#include "crypto/base/encoding.h"

namespace safeconduct::notify {
namespace {

constexpr std::size_t kLineBytes = 76;  // RFC 2045, 6.8

struct Words {
  const char* language;
  const char* subject;  // ASCII
  const char* before;   // the address
  const char* after;
};
constexpr Words kWords[] = {
    {"en", "Reminder", "Please look in at your convenience:\r\n\r\n  ",
     "\r\n\r\nThis reminder is sent automatically, at a random time.\r\n"},
    {"fr", "Rappel", "Merci de vous connecter dès que possible :\r\n\r\n  ",
     "\r\n\r\nCe rappel est envoyé automatiquement, à une heure choisie au hasard.\r\n"},
};

const Words& WordsIn(std::string_view language) {
  for (const Words& words : kWords) {
    if (words.language == language) return words;
  }
  return kWords[0];
}

// As RFC 5322 writes it, in English whatever the locale is.
std::string DateOf(std::int64_t now) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = now;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char rest[32];
  std::strftime(rest, sizeof(rest), " %Y %H:%M:%S +0000", &utc);
  return std::string(kDays[utc.tm_wday]) + ", " + std::to_string(utc.tm_mday) + " " +
         kMonths[utc.tm_mon] + rest;
}

std::string Lines(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += kLineBytes) {
    out += text.substr(at, kLineBytes) + "\r\n";
  }
  return out;
}

}  // namespace

std::string MailText(const MailParts& parts) {
  const Words& words = WordsIn(parts.language);
  const std::string body = words.before + parts.address + words.after;
  return "Date: " + DateOf(parts.now) + "\r\nFrom: <" + parts.from + ">\r\nTo: <" + parts.to +
         ">\r\nMessage-ID: <" + HexEncode(parts.id) +
         parts.from.substr(std::min(parts.from.find('@'), parts.from.size())) +
         ">\r\nSubject: " + words.subject +
         "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Language: " +
         words.language +
         "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
         "base64\r\n\r\n" +
         Lines(Base64Encode(AsBytes(body)));
}

std::string WebhookBody(const std::string& address, const NoticeId& id) {
  // The configuration takes no address with a quote, a backslash or a control character.
  return "{\"id\":\"" + HexEncode(id) + "\",\"type\":\"look-in\",\"address\":\"" + address + "\"}";
}

}  // namespace safeconduct::notify
