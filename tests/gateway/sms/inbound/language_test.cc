#include "gateway/sms/inbound/language.h"

#include <gtest/gtest.h>

namespace safeconduct::sms {
namespace {

struct Row {
  const char* language;
  const char* text;
};

TEST(Language, OfWhatPeopleWrite) {
  const Row rows[] = {
      {"en", "Hello, I want to tell you about a soldier who took money from us"},
      {"en", "he came to our house when my mother was not there"},
      {"en", "please can you help me, they said we must pay for the food"},
      {"fr", "Bonjour, je veux parler de ce que le soldat a fait à ma soeur"},
      {"fr", "il nous a demande de l argent pour avoir de la nourriture"},
      {"fr", "C'était hier soir, ils sont venus chez nous"},
      {"es", "Hola, quiero decir que un hombre nos pidió dinero por la comida"},
      {"es", "el soldado no me deja ir, tengo miedo por mi hija"},
      {"es", "No sé qué hacer, ayer vino otra vez a mi casa"},
      {"pt", "Olá, eu quero falar sobre o que aconteceu com a minha irmã"},
      {"pt", "um homem disse que nao da comida se eu nao for com ele"},
      {"sw", "Habari, nataka kusema kuhusu askari aliyekuja nyumbani kwetu jana"},
      {"sw", "naomba msaada, mtu huyu alinipa pesa ili nisiseme"},
      {"sw", "Wanajeshi walikuja usiku na kuchukua chakula cha watoto wetu wa shule ya msingi"},
      {"ar", "مرحبا، أريد أن أخبركم عن جندي طلب المال منا"},
      {"ar", "ساعدوني"},
      {"ru", "Здравствуйте, солдат требовал у нас деньги"},
      {"ru", "Помогите"},
      {"zh", "你好，我想告诉你们昨天晚上发生的事情"},
      {"zh", "救命"},
  };
  for (const Row& row : rows) EXPECT_EQ(LanguageOf(row.text), row.language) << row.text;
}

TEST(Language, NoneWhenItIsNotClear) {
  for (const char* text :
       {"", "ok", "hello", "Maria", "no", "123 456", "???", "a", "la", "de la", "SOS", "de que",
        // Other languages of the same scripts.
        "سلام، من می‌خواهم درباره یک سرباز بگویم",
        "مجھے مدد چاہیے", "Привіт, мені потрібна допомога їх", "Salamatsizbi, жардам керек өтө",
        "こんにちは、助けてください", "안녕하세요 도와주세요", "Guten Tag, ich möchte etwas melden",
        "สวัสดี", "ሰላም እንዴት ነህ",
        // Two at once.
        "hello مرحبا", "Здравствуйте hello my friend"}) {
    EXPECT_EQ(LanguageOf(text), "") << text;
  }
  EXPECT_EQ(LanguageOf("\xFF\xFE\x80"), "");
}

}  // namespace
}  // namespace safeconduct::sms
