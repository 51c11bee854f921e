# What this project builds on. All of it is Debian 12's (deploy/packages), but for libsodium.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(RocksDB 7.8 CONFIG REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(spdlog 1.10 CONFIG REQUIRED)
find_package(tomlplusplus 3.3 CONFIG REQUIRED)
find_package(CLI11 2.1 CONFIG REQUIRED)
find_package(GTest 1.12 REQUIRED)
find_package(benchmark 1.7 CONFIG REQUIRED)
find_package(ZLIB 1.2 REQUIRED)

# Debian's libbrotli-dev has no CMake package.
find_path(SAFECONDUCT_BROTLI_INCLUDE brotli/encode.h REQUIRED)
foreach(part common encoder decoder)
  string(REPLACE "encoder" "enc" file ${part})
  string(REPLACE "decoder" "dec" file ${file})
  find_library(SAFECONDUCT_BROTLI_${part} NAMES brotli${file} REQUIRED)
  add_library(Brotli::${part} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(Brotli::${part} PROPERTIES
    IMPORTED_LOCATION ${SAFECONDUCT_BROTLI_${part}}
    INTERFACE_INCLUDE_DIRECTORIES ${SAFECONDUCT_BROTLI_INCLUDE})
endforeach()

# RocksDB's own target names only exist in the variants that were built; ours is always there.
add_library(safeconduct_rocksdb_library INTERFACE IMPORTED GLOBAL)
target_link_libraries(safeconduct_rocksdb_library INTERFACE RocksDB::rocksdb-shared)

include(${CMAKE_CURRENT_LIST_DIR}/sodium.cmake)
