// The lint tested on small trees: each bad sample is caught by the rule that names it, and its good
// neighbour is not.
import assert from "node:assert/strict";
import { test } from "node:test";

import { layers, layersRule } from "./layers.ts";
import { guardRule, maxLines, readmeRule, registeredRule, sizeRule } from "./shape.ts";
import { codeLines, type Rule } from "./tree.ts";
import { webLayersRule } from "./webLayers.ts";
import { wordsRule } from "./words.ts";

interface Sample {
  readonly name: string;
  readonly rule: Rule;
  readonly bad: Record<string, string>;
  readonly good: Record<string, string>;
  readonly finds: string; // a finding's rule
}

const include = (target: string): string => `#include ${target}\n`;

function layerSample(path: string, bad: string, good: string): Sample {
  return {
    name: `${path} may not include ${bad}`,
    rule: layersRule,
    bad: { [path]: include(bad) },
    good: { [path]: include(good) },
    finds: "layers",
  };
}

function webSample(folder: string, bad: string, good: string, app = "shared"): Sample {
  const tree = (target: string): Record<string, string> => ({ [`gateway/web/${app}/${folder}/a.ts`]: `import { x } from "${target}";\n` });
  return { name: `web/${app}/${folder} may not import ${bad}`, rule: webLayersRule, bad: tree(bad), good: tree(good), finds: "layers" };
}

function wordSample(finds: string, path: string, bad: string, good: string): Sample {
  return { name: `${finds}: ${bad}`, rule: wordsRule, bad: { [path]: bad }, good: { [path]: good }, finds };
}

const samples: readonly Sample[] = [
  layerSample("crypto/base/a.cc", '"crypto/age/age.h"', '"crypto/base/bytes.h"'),
  layerSample("crypto/age/a.cc", '"crypto/note/note.h"', '"crypto/base/bytes.h"'),
  layerSample("crypto/age/a.cc", '"proto/parse.h"', '"crypto/age/stream.h"'),
  layerSample("crypto/age/a.cc", '"safeconduct/v1/report.pb.h"', "<vector>"),
  layerSample("crypto/age/a.h", "<filesystem>", "<string>"),
  layerSample("crypto/identity/a.cc", "<fstream>", "<optional>"),
  layerSample("crypto/tlog/a.cc", "<chrono>", "<cstdint>"),
  layerSample("crypto/tlog/a.cc", '"crypto/identity/identity.h"', '"crypto/note/note.h"'),
  layerSample("gateway/transparency/a.cc", '"gateway/ledger/ledger.h"', '"storage/envelope_store.h"'),
  layerSample("crypto/quorum/a.cc", '"crypto/note/note.h"', '"crypto/age/wrap.h"'),
  layerSample("proto/a.cc", '"storage/envelope_store.h"', '"crypto/base/result.h"'),
  layerSample("storage/memory/a.cc", '"storage/rocksdb/rocksdb_store.h"', '"storage/envelope_store.h"'),
  layerSample("storage/a.h", "<rocksdb/db.h>", '"crypto/base/bytes.h"'),
  layerSample("storage/rocksdb/a.h", "<rocksdb/db.h>", '"storage/envelope_store.h"'),
  layerSample("storage/rocksdb/a.cc", '"gateway/http/http.h"', "<rocksdb/db.h>"),
  layerSample("gateway/http/http.h", "<boost/asio.hpp>", '"crypto/base/bytes.h"'),
  layerSample("gateway/routes/a.cc", "<boost/beast.hpp>", '"gateway/http/http.h"'),
  layerSample("gateway/routes/a.cc", '"storage/rocksdb/rocksdb_store.h"', '"storage/envelope_store.h"'),
  layerSample("gateway/http/a.cc", "<spdlog/spdlog.h>", "<boost/beast.hpp>"),
  layerSample("gateway/report/a.cc", '"gateway/http/http.h"', '"gateway/charter/charter.h"'),
  layerSample("gateway/cli/a.cc", '"gateway/ledger/ledger.h"', "<curl/curl.h>"),
  layerSample("gateway/witness/client.cc", "<curl/curl.h>", '"crypto/tlog/witness.h"'),
  layerSample("gateway/auth/a.cc", "<curl/curl.h>", '"gateway/auth/http_signature.h"'),
  layerSample("gateway/routes/a.cc", "<toml++/toml.h>", "<string>"),
  layerSample("gateway/report/a.cc", "<sodium.h>", '"crypto/base/hash.h"'),
  layerSample("gateway/routes/a.cc", '"routes.h"', '"gateway/routes/routes.h"'),
  layerSample("crypto/base/a.cc", "<crypto/base/bytes.h>", '"crypto/base/bytes.h"'),
  {
    name: "a folder without a layer",
    rule: layersRule,
    bad: { "elsewhere/a.cc": include("<string>") },
    good: { "gateway/program/a.cc": include("<string>") },
    finds: "layers",
  },

  webSample("base", "../age/age.ts", "./error.ts"),
  webSample("charter", "../report/seal.ts", "../tlog/checkpoint.ts"),
  webSample("report", "../api/api.ts", "../generated/safeconduct/v1/report_pb.ts"),
  webSample("report", "@noble/hashes/sha2.js", "@bufbuild/protobuf"),
  webSample("age", "node:crypto", "@scure/base"),
  webSample("api", "../base/error", "../base/error.ts"),
  webSample("page", "../../shared/report/seal.ts", "../../shared/base/error.ts", "reporter"),
  webSample("worker", "../page/dom.ts", "../protocol.ts", "reporter"),
  webSample("page", "@bufbuild/protobuf", "../protocol.ts", "reporter"),

  wordSample("memcmp", "crypto/age/a.cc", "if (std::memcmp(a, b, 32) == 0)", "if (sodium_memcmp(a, b, 32) == 0)"),
  wordSample("random", "crypto/age/a.cc", "int i = rand();", "int operand(); // rand()"),
  wordSample("random", "gateway/report/a.cc", "std::random_device device;", "RandomBytes(out);"),
  wordSample("output", "gateway/routes/a.cc", "std::cout << x;", 'auto x = "std::cout";'),
  wordSample("output", "gateway/cli/report.cc", "fprintf(stderr, x);", "snprintf(buffer, 3, x);"),
  wordSample("addresses", "gateway/http/a.cc", "socket.remote_endpoint();", "socket.local_endpoint();"),
  wordSample("addresses", "gateway/routes/a.cc", 'request.Header("User-Agent")', 'request.Header("Accept")'),
  wordSample("sleep", "gateway/ledger/a.cc", "std::this_thread::sleep_for(1s);", "condition.wait(lock);"),
  wordSample("sleep", "tests/gateway/a_test.cc", "usleep(10);", "EXPECT_TRUE(done.Wait());"),
  wordSample("sleep", "tests/e2e/a.test.ts", "setTimeout(done, 100);", "await poll(() => ready());"),
  wordSample("skipped", "tests/crypto/a_test.cc", "TEST(A, DISABLED_B) {}", "TEST(A, B) {}"),
  wordSample("skipped", "tests/e2e/a.test.ts", "test.skip('a', f);", "test('a', f);"),
  wordSample("registry", "deploy/run", `curl https://${"deb debian org".replaceAll(" ", ".")}/`, "apt-get update"),
  wordSample("machine", "deploy/run", `cd "/${"root/me"}"`, `cd "$root/root/me"`),
  wordSample("unfinished", "crypto/age/a.cc", "// TODO: bounds", "// The bounds are checked above."),
  wordSample("secret", "deploy/demo/a.key", `AGE-SECRET-KEY-PQ-1${"Q".repeat(58)}`, "AGE-SECRET-KEY-PQ-1..."),
  wordSample("suppression", "tests/tsan.supp", "race:safeconduct::Ledger", "race:librocksdb"),

  {
    name: "a file over the limit",
    rule: sizeRule,
    bad: { "gateway/a.cc": "\n".repeat(maxLines + 1) },
    good: { "gateway/a.cc": "\n".repeat(maxLines) },
    finds: "size",
  },
  {
    name: "an include guard that is not the path's",
    rule: guardRule,
    bad: { "crypto/base/a.h": "#ifndef A_H\n#define A_H\n" },
    good: { "crypto/base/a.h": "#ifndef SAFECONDUCT_CRYPTO_BASE_A_H_\n#define SAFECONDUCT_CRYPTO_BASE_A_H_\n" },
    finds: "guard",
  },
  {
    name: "a folder without a README",
    rule: readmeRule,
    bad: { "gateway/new/a.cc": "" },
    good: { "gateway/new/a.cc": "", "gateway/new/README.md": "" },
    finds: "readme",
  },
  {
    name: "a test that is not registered",
    rule: registeredRule,
    bad: { "tests/crypto/a_test.cc": "", "tests/crypto/CMakeLists.txt": "# sc_add_test(NAME a SOURCES a_test.cc)" },
    good: { "tests/crypto/a_test.cc": "", "tests/crypto/CMakeLists.txt": "sc_add_test(NAME a SOURCES a_test.cc)" },
    finds: "registered",
  },
  {
    name: "a test that is registered in a folder above",
    rule: registeredRule,
    bad: { "tests/crypto/age/a_test.cc": "", "tests/crypto/CMakeLists.txt": "sc_add_test(NAME a SOURCES a_test.cc)" },
    good: {
      "tests/crypto/age/a_test.cc": "",
      "tests/crypto/CMakeLists.txt": "sc_add_test(NAME a SOURCES age/a_test.cc LIBS b)",
    },
    finds: "registered",
  },
  {
    name: "a fuzz target that is not registered",
    rule: registeredRule,
    bad: { "tests/fuzz/a_fuzz.cc": "", "tests/fuzz/CMakeLists.txt": "sc_add_fuzz(NAME a SOURCES b_fuzz.cc)" },
    good: { "tests/fuzz/a_fuzz.cc": "", "tests/fuzz/CMakeLists.txt": "sc_add_fuzz(NAME a SOURCES a_fuzz.cc)" },
    finds: "registered",
  },
  {
    name: "tests under another name",
    rule: registeredRule,
    bad: { "tests/crypto/cases.cc": "TEST_P(A, B) {}" },
    good: {
      "tests/crypto/cases.cc": "TEST_P(A, B) {}",
      "tests/crypto/CMakeLists.txt": "add_library(cases OBJECT cases.cc)",
      "tests/crypto/helper.cc": "int TestHelper() { return 1; }",
    },
    finds: "registered",
  },
  {
    name: "an end-to-end test in another folder",
    rule: registeredRule,
    bad: { "gateway/cli/a.test.ts": "" },
    good: { "tests/e2e/a.test.ts": "" },
    finds: "registered",
  },
];

for (const sample of samples) {
  test(sample.name, () => {
    const bad = sample.rule(new Map(Object.entries(sample.bad)));
    assert.ok(bad.length > 0, "the bad sample is not caught");
    assert.ok(bad.every((finding) => finding.rule === sample.finds), JSON.stringify(bad));
    assert.deepEqual(sample.rule(new Map(Object.entries(sample.good))), []);
  });
}

test("only code is left of comments and strings, on its own line", () => {
  const lines = codeLines('a; // rand()\n/* b\n rand() */ c("rand()");\nd;');
  assert.deepEqual(lines, ["a; ", "", ' c("");', "d;"]);
});

test("no layer uses, over however many steps, one that uses it", () => {
  const named = new Map(layers.map((layer) => [layer.at, layer.uses.map((use) => use.replace("/*.h", ""))]));
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (named.get(from) ?? []).some((use) => {
      if (use === to) return true;
      if (seen.has(use)) return false;
      seen.add(use);
      return reaches(use, to, seen);
    });
  const whole = ["gateway/program", "crypto/identity", "storage"]; // allowed to name their own folder's parts
  for (const at of named.keys()) {
    if (!whole.includes(at)) assert.ok(!reaches(at, at, new Set()), at);
  }
});
