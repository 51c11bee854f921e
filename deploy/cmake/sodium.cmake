# libsodium 1.0.22 from the private prefix: X-Wing, ML-KEM-768 and HKDF are not in older ones.
set(sodium_header ${SAFECONDUCT_SODIUM_PREFIX}/include/sodium.h)
set(sodium_library ${SAFECONDUCT_SODIUM_PREFIX}/lib/libsodium.a)
if(NOT EXISTS ${sodium_header} OR NOT EXISTS ${sodium_library})
  message(FATAL_ERROR
    "No libsodium in ${SAFECONDUCT_SODIUM_PREFIX}.\n"
    "Run deploy/sodium, which puts the pinned version there, "
    "or name another prefix with -DSAFECONDUCT_SODIUM_PREFIX=DIR.")
endif()
file(STRINGS ${SAFECONDUCT_SODIUM_PREFIX}/include/sodium/version.h sodium_version
     REGEX "define SODIUM_VERSION_STRING")
string(REGEX REPLACE ".*\"([^\"]+)\".*" "\\1" sodium_version "${sodium_version}")
if(sodium_version VERSION_LESS 1.0.22)
  message(FATAL_ERROR
    "libsodium ${sodium_version} in ${SAFECONDUCT_SODIUM_PREFIX} is too old: "
    "1.0.22 or later is needed, for X-Wing, ML-KEM-768 and HKDF. Run deploy/sodium.")
endif()

# The header may lie about the library: a program that uses what we need has the last word.
file(SHA256 ${sodium_library} sodium_digest)
if(NOT SAFECONDUCT_SODIUM_PROBED STREQUAL sodium_digest)
  try_run(sodium_exit sodium_compiled ${CMAKE_BINARY_DIR}/sodium_probe
    ${CMAKE_CURRENT_LIST_DIR}/sodium_probe.cc
    CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${SAFECONDUCT_SODIUM_PREFIX}/include
    LINK_LIBRARIES ${sodium_library} Threads::Threads
    COMPILE_OUTPUT_VARIABLE sodium_compile_output
    RUN_OUTPUT_VARIABLE sodium_run_output)
  if(NOT sodium_compiled OR NOT sodium_exit EQUAL 0)
    message(FATAL_ERROR
      "libsodium ${sodium_version} in ${SAFECONDUCT_SODIUM_PREFIX} does not build or run the probe "
      "deploy/cmake/sodium_probe.cc. Run deploy/sodium --from-source.\n"
      "${sodium_compile_output}${sodium_run_output}")
  endif()
  set(SAFECONDUCT_SODIUM_PROBED ${sodium_digest} CACHE INTERNAL "")
endif()
message(STATUS "libsodium ${sodium_version} in ${SAFECONDUCT_SODIUM_PREFIX}")

add_library(safeconduct_sodium STATIC IMPORTED GLOBAL)
set_target_properties(safeconduct_sodium PROPERTIES
  IMPORTED_LOCATION ${sodium_library}
  INTERFACE_INCLUDE_DIRECTORIES ${SAFECONDUCT_SODIUM_PREFIX}/include
  INTERFACE_LINK_LIBRARIES Threads::Threads)
