#include "gateway/sms/inbound/keywords.h"

#include <gtest/gtest.h>

#include <string>

namespace safeconduct::sms {
namespace {

struct Row {
  Keyword keyword;
  const char* text;
};

TEST(Keywords, InEachLanguageHoweverTheyAreWritten) {
  const Row rows[] = {
      {Keyword::kStop, "STOP"},          {Keyword::kStop, " stop. "},
      {Keyword::kStop, "Stop!!!"},       {Keyword::kStop, "«Stop»"},
      {Keyword::kStop, "Ｓｔｏｐ！"},    {Keyword::kStop, "S T O P"},
      {Keyword::kStop, "\"stop\"\n"},    {Keyword::kStop, "STOP 🙏"},
      {Keyword::kStop, "Arrêt"},         {Keyword::kStop, "ARRÊTER"},
      {Keyword::kStop, "arre\u0302ter"}, {Keyword::kStop, "Alto"},
      {Keyword::kStop, "¡Baja!"},        {Keyword::kStop, "Sair"},
      {Keyword::kStop, "ACHA"},          {Keyword::kStop, "توقف"},
      {Keyword::kStop, "إيقاف"},         {Keyword::kStop, "تَوَقَّف"},
      {Keyword::kStop, "قف؟"},           {Keyword::kStop, "СТОП"},
      {Keyword::kStop, "Отписаться."},   {Keyword::kStop, "停止"},
      {Keyword::kStop, "退訂。"},        {Keyword::kHelp, "HELP"},
      {Keyword::kHelp, "Help?"},         {Keyword::kHelp, "aide"},
      {Keyword::kHelp, "¿AYUDA?"},       {Keyword::kHelp, "información"},
      {Keyword::kHelp, "ajuda"},         {Keyword::kHelp, "msaada"},
      {Keyword::kHelp, "مساعدة"},        {Keyword::kHelp, "Помощь"},
      {Keyword::kHelp, "帮助"},          {Keyword::kStart, "Start"},
      {Keyword::kStart, "DÉBUT"},        {Keyword::kStart, "Começar"},
      {Keyword::kStart, "iniciar"},      {Keyword::kStart, "anza"},
      {Keyword::kStart, "ابدأ"},         {Keyword::kStart, "старт"},
      {Keyword::kStart, "开始"},         {Keyword::kStart, "\u200Fابدأ\u200E"},
  };
  for (const Row& row : rows) EXPECT_EQ(KeywordOf(row.text), row.keyword) << row.text;
}

TEST(Keywords, NothingThatSaysMore) {
  for (const char* text : {"", " ", "?", "...", "please stop", "stop him", "He did not stop",
                           "I need help", "help me", "stopped", "sto", "J'ai besoin d'aide", "no",
                           "yes", "0", "停止他", "توقف عن ذلك", "помощь нужна", "stop\u0430"}) {
    EXPECT_EQ(KeywordOf(text), std::nullopt) << text;
  }
  EXPECT_EQ(KeywordOf("stop" + std::string(200, ' ')), std::nullopt);
  EXPECT_EQ(KeywordOf("stop\xFF"), Keyword::kStop);
}

}  // namespace
}  // namespace safeconduct::sms
