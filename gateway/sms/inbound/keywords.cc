#include "gateway/sms/inbound/keywords.h"

#include <string>

#include "crypto/base/utf8.h"
#include "gateway/sms/inbound/fold.h"

namespace safeconduct::sms {
namespace {

constexpr std::size_t kMaxKeywordBytes = 120;

struct Entry {
  Keyword keyword;
  std::u32string_view words;  // as Fold gives them, without blanks inside; a blank between two
};

constexpr Entry kTable[] = {
    // English
    {Keyword::kStop, U"stop stopall unsubscribe cancel end quit optout"},
    {Keyword::kHelp, U"help info"},
    {Keyword::kStart, U"start unstop begin resume subscribe"},
    // French
    {Keyword::kStop, U"arret arreter arretez arrete desabonner annuler"},
    {Keyword::kHelp, U"aide aidez information informations"},
    {Keyword::kStart, U"debut demarrer commencer reprendre"},
    // Spanish
    {Keyword::kStop, U"alto parar pare para baja cancelar detener basta"},
    {Keyword::kHelp, U"ayuda informacion"},
    {Keyword::kStart, U"inicio iniciar empezar comenzar alta"},
    // Portuguese
    {Keyword::kStop, U"sair cancela parem"},
    {Keyword::kHelp, U"ajuda informacao"},
    {Keyword::kStart, U"comecar retomar voltar"},
    // Swahili
    {Keyword::kStop, U"acha simama sitisha komesha ondoa"},
    {Keyword::kHelp, U"msaada usaidizi maelezo"},
    {Keyword::kStart, U"anza endelea"},
    // Arabic
    {Keyword::kStop, U"توقف قف ايقاف اوقف الغاء وقف"},
    {Keyword::kHelp, U"مساعده المساعده معلومات"},
    {Keyword::kStart, U"ابدا بدء ابدء استئناف"},
    // Russian
    {Keyword::kStop, U"стоп отмена отписка отписаться остановить"},
    {Keyword::kHelp, U"помощь справка инфо"},
    {Keyword::kStart, U"старт начать возобновить"},
    // Chinese, in both forms
    {Keyword::kStop, U"停止 停 退订 退訂 取消"},
    {Keyword::kHelp, U"帮助 幫助 说明 說明"},
    {Keyword::kStart, U"开始 開始 恢复 恢復"},
};

// Folded letters and digits alone: "S T O P ." is stop.
std::u32string Bare(std::string_view text) {
  std::u32string out;
  while (!text.empty()) {
    const std::optional<char32_t> character = TakeCodePoint(text);
    if (!character) text.remove_prefix(1);
    const char32_t folded = Fold(character.value_or(0xFFFD));
    if (folded != 0 && !IsUnicodeSpace(folded) && IsWordCharacter(folded)) out.push_back(folded);
  }
  return out;
}

bool HasWord(std::u32string_view words, std::u32string_view word) {
  while (!words.empty()) {
    const std::size_t end = words.find(U' ');
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(end == std::u32string_view::npos ? words.size() : end + 1);
  }
  return false;
}

}  // namespace

std::optional<Keyword> KeywordOf(std::string_view text) {
  if (text.size() > kMaxKeywordBytes) return std::nullopt;
  const std::u32string word = Bare(text);
  if (word.empty()) return std::nullopt;
  for (const Entry& entry : kTable) {
    if (HasWord(entry.words, word)) return entry.keyword;
  }
  return std::nullopt;
}

}  // namespace safeconduct::sms
