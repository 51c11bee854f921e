#include "gateway/cli/page_texts.h"

#include "crypto/base/hash.h"

namespace safeconduct::cli {

pages::Texts FetchPageTexts(GatewayApi& gateway, const charter::OpenCharter& charter) {
  pages::Texts texts;
  for (const v1::Text& text : charter.message().texts()) {
    const Outcome<std::string> json =
        gateway.ReadText(ToArray<sizeof(Hash)>(AsBytes(text.sha256())));
    if (!json.ok() || AsText(Sha256(AsBytes(*json))) != text.sha256()) continue;
    texts[text.language()] = *json;
  }
  return texts;
}

}  // namespace safeconduct::cli
