#include <benchmark/benchmark.h>

#include "crypto/base/secret.h"

int main(int argc, char** argv) {
  if (!safeconduct::InitCrypto().ok()) return 1;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
