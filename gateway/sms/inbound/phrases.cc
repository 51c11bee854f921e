#include "gateway/sms/inbound/phrases.h"

#include <array>

namespace safeconduct::sms {
namespace {

struct Language {
  std::string_view code;
  std::array<std::string_view, kPhrases> phrases;  // in the order of Phrase
};

// Where a language is written in Latin letters, its words are chosen from the GSM alphabet, which
// has no ç, ã, á: so each has 160 characters. The others have 70.
constexpr Language kLanguages[] = {
    {"en",
     {"Thank you, your message has arrived. We may reply here. To get no more messages, send STOP.",
      "You can send a message to this number, and we may reply. To get no more messages, send "
      "STOP.",
      "You will get no more messages from us. To get them again, send START.",
      "You will get messages from us again. To get no more, send STOP."}},
    {"fr",
     {"Merci, votre message est bien arrivé. Nous pouvons vous répondre ici. Pour ne plus rien "
      "recevoir, envoyez STOP.",
      "Vous pouvez écrire à ce numéro et nous pouvons vous répondre. Pour ne plus rien recevoir, "
      "envoyez STOP.",
      "Vous ne recevrez plus de messages de notre part. Pour en recevoir à nouveau, envoyez START.",
      "Vous recevrez à nouveau nos messages. Pour ne plus rien recevoir, envoyez STOP."}},
    {"es",
     {"Gracias, su mensaje ha llegado. Podemos responder por este medio. Si no desea recibir "
      "mensajes, mande STOP.",
      "Puede mandar un mensaje por este medio y le podemos responder. Si no desea recibir "
      "mensajes, mande STOP.",
      "Ya no le mandaremos mensajes. Si desea recibirlos de nuevo, mande START.",
      "Le mandaremos mensajes de nuevo. Si no desea recibirlos, mande STOP."}},
    {"ar",
     {"شكراً، وصلت رسالتك. قد نرد عليك هنا. لإيقاف الرسائل أرسل: توقف",
      "يمكنك مراسلتنا على هذا الرقم وقد نرد. لإيقاف الرسائل أرسل: توقف",
      "لن تصلك رسائل منا بعد الآن. لاستلامها من جديد أرسل: ابدأ",
      "ستصلك رسائلنا من جديد. لإيقافها أرسل: توقف"}},
    {"ru",
     {"Спасибо, сообщение получено. Можем ответить сюда. Отписка: СТОП",
      "Сюда можно писать, мы можем ответить. Больше не получать: СТОП",
      "Сообщений от нас больше не будет. Получать снова: СТАРТ",
      "Вы снова получаете наши сообщения. Больше не получать: СТОП"}},
    {"zh",
     {"谢谢，您的短信已收到。我们可能会在此回复。如不想再收到短信，请回复：停止",
      "您可以发短信到此号码，我们可能会回复。如不想再收到短信，请回复：停止",
      "您将不会再收到我们的短信。如需重新接收，请回复：开始",
      "您将重新收到我们的短信。如不想再收到，请回复：停止"}},
    {"pt",
     {"A sua mensagem chegou. Podemos responder por aqui. Para deixar de receber mensagens, envie "
      "STOP.",
      "Pode escrever para aqui e podemos responder. Para deixar de receber mensagens, envie STOP.",
      "Vai deixar de receber mensagens nossas. Para voltar a receber, envie START.",
      "Vai voltar a receber mensagens nossas. Para deixar de receber, envie STOP."}},
    {"sw",
     {"Asante, ujumbe wako umefika. Tunaweza kukujibu hapa. Ili usipokee ujumbe tena, tuma STOP.",
      "Unaweza kutuma ujumbe kwa namba hii, nasi tunaweza kukujibu. Ili usipokee ujumbe tena, tuma "
      "STOP.",
      "Hutapokea ujumbe kutoka kwetu tena. Ili upokee tena, tuma START.",
      "Utapokea ujumbe kutoka kwetu tena. Ili usipokee, tuma STOP."}},
};

}  // namespace

std::string_view PhraseIn(Phrase phrase, std::string_view language) {
  const Language* found = &kLanguages[0];
  for (const Language& each : kLanguages) {
    if (each.code == language) found = &each;
  }
  const std::string_view text = found->phrases[static_cast<std::size_t>(phrase)];
  return text.empty() ? kLanguages[0].phrases[static_cast<std::size_t>(phrase)] : text;
}

std::vector<std::string_view> PhraseLanguages() {
  std::vector<std::string_view> out;
  for (const Language& each : kLanguages) out.push_back(each.code);
  return out;
}

}  // namespace safeconduct::sms
