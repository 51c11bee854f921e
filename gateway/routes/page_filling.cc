#include "gateway/routes/page_filling.h"

#include <utility>

namespace safeconduct::routes {

TextsByDigest StoredTexts(const storage::EnvelopeStore& store,
                          const charter::OpenCharter& charter) {
  TextsByDigest texts;
  for (const v1::Text& text : charter.message().texts()) {
    const Result<Bytes> kept = store.Text(ToArray<sizeof(Hash)>(AsBytes(text.sha256())));
    if (kept.ok()) texts.emplace(text.sha256(), AsText(*kept));
  }
  return texts;
}

Result<std::shared_ptr<const pages::Pages>> FillPages(const pages::WebApp* app,
                                                      const pages::Settings& settings,
                                                      const charter::OpenCharter& charter,
                                                      std::string_view note,
                                                      const TextsByDigest& texts) {
  if (app == nullptr) return std::shared_ptr<const pages::Pages>();
  pages::Texts by_language;
  for (const v1::Text& text : charter.message().texts()) {
    const auto found = texts.find(text.sha256());
    if (found != texts.end()) by_language[text.language()] = found->second;
  }
  SC_ASSIGN(pages::Pages filled, pages::Pages::Fill(*app, settings, charter, note, by_language));
  return std::make_shared<const pages::Pages>(std::move(filled));
}

}  // namespace safeconduct::routes
