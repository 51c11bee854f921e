// A web app of two languages as the build lays it out, small enough to be seen whole.
#ifndef SAFECONDUCT_TESTS_GATEWAY_PAGES_SMALL_WEB_APP_H_
#define SAFECONDUCT_TESTS_GATEWAY_PAGES_SMALL_WEB_APP_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"

namespace safeconduct::testing {

class SmallWebApp {
 public:
  SmallWebApp() {
    char name[] = "/tmp/safeconduct-web-XXXXXX";
    if (::mkdtemp(name) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    for (const std::string language : {"en", "fr"}) {
      const std::string lang = "<html lang=" + language + ">";
      Put(language + "/index.html", lang +
                                        "<title>{{title}}</title><h1 lang={{text_language}}>"
                                        "{{channel_title}}</h1><p>{{channel_about}}</p>"
                                        "<meta content=\"{{pinned}}\"><a href=\"{{exit_url}}\">"
                                        "<p>{{contacts}}</p><i>{{onion}}</i>");
      Put(language + "/plain.html",
          lang +
              "<pre>{{plain_recipients}}</pre>{{plain_readers}} {{plain_bytes}} "
              "{{charter_version}} <code>{{charter_fingerprint}}</code>");
      Put(language + "/plain-sent.html", lang + "sent <code>{{report_id}}</code> {{channel}}");
      Put(language + "/plain-refused.html", lang + "refused {{channel}}");
    }
    Put("console/index.html", "<html><title>Console</title><meta content=\"{{pinned}}\">");
    Put("assets/app-1a2b.js", "export const answer = 42;\n" + std::string(2'000, ' '));
    Put("assets/style-3c4d.css", "body { margin: 0 }\n");
    Put("assets/icon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    WriteManifest();
  }
  ~SmallWebApp() { std::filesystem::remove_all(folder_); }
  SmallWebApp(const SmallWebApp&) = delete;
  SmallWebApp& operator=(const SmallWebApp&) = delete;

  const std::string& folder() const { return folder_; }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  // Into the manifest as well, once WriteManifest is called.
  void Put(const std::string& name, const std::string& bytes) {
    Write(name, bytes);
    digests_[name] = HexEncode(Sha256(AsBytes(bytes)));
  }
  void Write(const std::string& name, const std::string& bytes) {
    const std::filesystem::path file = path(name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
  void WriteManifest() {
    manifest_.clear();
    for (const auto& [name, digest] : digests_)
      manifest_.append(digest).append(" ").append(name + "\n");
    Write("manifest.txt", manifest_);
  }
  const std::string& manifest() const { return manifest_; }

 private:
  std::string folder_;
  std::map<std::string, std::string> digests_;
  std::string manifest_;
};

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_PAGES_SMALL_WEB_APP_H_
