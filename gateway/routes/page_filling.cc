#include "gateway/routes/page_filling.h"

namespace safeconduct::routes {

Result<std::shared_ptr<const pages::Pages>> FillPages(
    const Services& services, const charter::OpenCharter& charter, std::string_view note,
    const std::map<std::string, std::string>& texts) {
  if (services.web_app == nullptr) return std::shared_ptr<const pages::Pages>();
  pages::Texts by_language;
  for (const v1::Text& text : charter.message().texts()) {
    const auto found = texts.find(text.sha256());
    if (found != texts.end()) by_language[text.language()] = found->second;
  }
  SC_ASSIGN(pages::Pages filled,
            pages::Pages::Fill(*services.web_app, services.pages, charter, note, by_language));
  return std::make_shared<const pages::Pages>(std::move(filled));
}

Result<std::shared_ptr<const pages::Pages>> FillPages(const Services& services,
                                                      const charter::OpenCharter& charter,
                                                      std::string_view note) {
  std::map<std::string, std::string> texts;
  for (const v1::Text& text : charter.message().texts()) {
    const Result<Bytes> kept = services.store.Text(ToArray<sizeof(Hash)>(AsBytes(text.sha256())));
    if (kept.ok()) texts.emplace(text.sha256(), AsText(*kept));
  }
  return FillPages(services, charter, note, texts);
}

}  // namespace safeconduct::routes
