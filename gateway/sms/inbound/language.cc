#include "gateway/sms/inbound/language.h"

#include <array>
#include <optional>
#include <string>

#include "crypto/base/utf8.h"
#include "gateway/sms/inbound/fold.h"

namespace safeconduct::sms {
namespace {

constexpr std::size_t kMaxBytes = 2 * 1024;  // that is looked at
constexpr int kEnough = 3;                   // points of a language
constexpr int kAhead = 2;                    // of the next one

struct Words {
  std::string_view language;
  std::u32string_view words;  // as Fold gives them
};

// Of scripts that several of our languages share. A word that stands in one list gives two points,
// one that stands in several one.
constexpr Words kLists[] = {
    {"en",
     U" the and to is was of he she they my you me this that with from have has had not but are "
     U"were been his her him them who what when where there here please hello because about want "
     U"would can our we your it took said told came money soldier help report woman man "},
    {"es",
     U" el la los las un una y que de en es se me mi no por con para su lo le al del pero como "
     U"cuando donde porque muy ha he esta este fue era soy quiero nos ellos ella hay dijo hola "
     U"tengo gracias usted ayer hoy dinero mujer hombre soldado "},
    {"fr",
     U" le la les un une des et que de en est je me mon ma il elle nous vous ils pas ne ce cette "
     U"qui dans pour avec sur au aux du mais ou quand bonjour merci ai ont ete suis sont fait dit "
     U"plus tres chez etait argent femme homme soldat hier aujourd hui veut "},
    {"pt",
     U" o a os as um uma e que de em nao me meu minha por com para seu sua ao do da dos das no na "
     U"mas como quando onde porque muito foi era sou quero ele ela eles isso esta ola obrigado "
     U"obrigada tenho voce disse ontem hoje dinheiro mulher homem soldado "},
    {"sw",
     U" na ya wa kwa ni za la katika huyu hii yangu wangu mimi sisi yeye watu mtu kama lakini hapa "
     U"sana nina nataka naomba habari asante tafadhali jana leo kesho mtoto mwanamke polisi pesa "
     U"alikuja aliniambia alisema kuwa hao wao wake yake nyumbani kazi siku msaada askari alinipa "
     U"wanajeshi anataka kuhusu ndani hakuna hawa baada kila "},
};

// Letters of other languages in the same script: Persian, Urdu, Pashto; Ukrainian, Serbian, Kazakh.
constexpr std::u32string_view kNotArabic =
    U"\u067E\u0686\u0698\u06AF\u06A9\u06CC\u06D2\u06BA\u06C1\u0679\u0688\u0691\u067C\u0681"
    U"\u0685\u0689\u0693\u0696\u069A\u06BC\u06D0\u06CD";
constexpr std::u32string_view kNotRussian = U"іїєґўјљњћђџѓќѕәғқңөұүһӣӯҷҳ";

enum class Script { kNone, kLatin, kArabic, kCyrillic, kHan, kOther };

Script ScriptOf(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? Script::kLatin : Script::kNone;
  if (c >= 0xC0 && c <= 0x24F) return Script::kLatin;
  if (c >= 0x400 && c <= 0x52F) return Script::kCyrillic;
  if ((c >= 0x620 && c <= 0x6FF) || (c >= 0x750 && c <= 0x77F)) return Script::kArabic;
  if ((c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF)) return Script::kHan;
  return IsWordCharacter(c) ? Script::kOther : Script::kNone;
}

bool Has(std::u32string_view words, std::u32string_view word) {
  std::u32string padded(1, U' ');
  padded.append(word);
  padded.push_back(U' ');
  return words.find(padded) != std::u32string_view::npos;
}

// What the letters of a text are.
struct Letters {
  std::array<std::size_t, 6> of = {};
  bool not_arabic = false;
  bool not_russian = false;

  std::size_t operator[](Script script) const { return of[static_cast<std::size_t>(script)]; }
  std::size_t all() const {
    std::size_t sum = 0;
    for (std::size_t i = 1; i < of.size(); ++i) sum += of[i];
    return sum;
  }
  // Whether nine in ten are of it.
  bool Mostly(Script script) const { return (*this)[script] * 10 >= all() * 9; }
};

// Points by words, and by letters that only one has.
class Score {
 public:
  void Word(std::u32string_view word) {
    std::array<bool, std::size(kLists)> in = {};
    int lists = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
      in[i] = Has(kLists[i].words, word);
      lists += in[i] ? 1 : 0;
    }
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (in[i]) points_[i] += lists == 1 ? 2 : 1;
    }
  }
  void Letter(char32_t c) {
    if (c == U'ñ' || c == U'¿' || c == U'¡') points_[1] += 2;
    if (c == U'è' || c == U'ê' || c == U'û' || c == U'œ') points_[2] += 1;
    if (c == U'ã' || c == U'õ') points_[3] += 2;
  }
  std::string_view Best() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < points_.size(); ++i) {
      if (points_[i] > points_[best]) best = i;
    }
    if (points_[best] < kEnough) return {};
    for (std::size_t i = 0; i < points_.size(); ++i) {
      if (i != best && points_[i] + kAhead > points_[best]) return {};
    }
    return kLists[best].language;
  }

 private:
  std::array<int, std::size(kLists)> points_ = {};
};

}  // namespace

std::string_view LanguageOf(std::string_view text) {
  text = text.substr(0, kMaxBytes);
  Letters letters;
  Score score;
  std::u32string word;
  const auto end_word = [&] {
    if (!word.empty()) score.Word(word);
    word.clear();
  };
  while (!text.empty()) {
    const std::optional<char32_t> character = TakeCodePoint(text);
    if (!character) text.remove_prefix(1);
    const char32_t c = character.value_or(0xFFFD);
    score.Letter(c);
    const char32_t folded = Fold(c);
    if (folded == 0) continue;
    const Script script = ScriptOf(folded);
    ++letters.of[static_cast<std::size_t>(script)];
    letters.not_arabic |= kNotArabic.find(folded) != std::u32string_view::npos;
    letters.not_russian |= kNotRussian.find(folded) != std::u32string_view::npos;
    if (script == Script::kNone) {
      end_word();
    } else {
      word.push_back(folded);
    }
  }
  end_word();

  constexpr std::size_t kMinLetters = 4;
  if (letters[Script::kHan] >= 2 && letters.Mostly(Script::kHan)) return "zh";
  if (letters.all() < kMinLetters) return {};
  if (letters.Mostly(Script::kArabic)) return letters.not_arabic ? "" : "ar";
  if (letters.Mostly(Script::kCyrillic)) return letters.not_russian ? "" : "ru";
  return letters.Mostly(Script::kLatin) ? score.Best() : "";
}

}  // namespace safeconduct::sms
