# How this project's own code is compiled: warnings, hardening, sanitizers, linker, ccache.
# Flags here hold for every target; headers of dependencies are system headers and give no warnings.

include_directories(${CMAKE_SOURCE_DIR})
add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # g++ does not count these among conversions: `begin() + size` would be one.
  add_compile_options(-Wno-sign-conversion)
endif()
# Assertions and debug data name files as they lie in the tree, so that objects do not depend on
# where the tree lies: reproducible, and shared by ccache between clones.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
# What libstdc++ can check of its own preconditions at little cost, in Release too.
add_compile_definitions(_GLIBCXX_ASSERTIONS)

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")

if(SAFECONDUCT_SANITIZE STREQUAL "address" OR SAFECONDUCT_SANITIZE STREQUAL "fuzz")
  # vptr checks need type information of the libraries that are not instrumented.
  set(sanitizers -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all)
  if(SAFECONDUCT_SANITIZE STREQUAL "fuzz")
    # Clang 14 cannot emit its check of function pointers for coroutines.
    list(APPEND sanitizers -fno-sanitize=function -fsanitize=fuzzer-no-link)
  endif()
elseif(SAFECONDUCT_SANITIZE STREQUAL "thread")
  set(sanitizers -fsanitize=thread)
elseif(SAFECONDUCT_SANITIZE STREQUAL "")
  set(sanitizers)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
  add_compile_definitions($<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
else()
  message(FATAL_ERROR "SAFECONDUCT_SANITIZE is '${SAFECONDUCT_SANITIZE}': address, thread, fuzz or empty.")
endif()
add_compile_options(${sanitizers})
add_link_options(${sanitizers})
if(SAFECONDUCT_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Instrumented code confuses this warning (Release has it), and TSan does not model Asio's fences.
  add_compile_options(-Wno-maybe-uninitialized -Wno-tsan)
endif()

# Everything here ends in programs, at random addresses; there is no shared library.
add_compile_options(-fPIE)
add_link_options(-pie)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)
  # Clang 14 has the coroutines of C++20 and finds them in namespace std, but libstdc++'s header
  # asks for the macro that only Clang 15 sets.
  add_compile_definitions(__cpp_impl_coroutine=201902L)
  add_compile_options(-Wno-builtin-macro-redefined)
endif()

find_program(SAFECONDUCT_LLD NAMES ld.lld ld.lld-14)
if(SAFECONDUCT_LLD)
  add_link_options(-fuse-ld=lld)
endif()

find_program(SAFECONDUCT_CCACHE ccache)
if(SAFECONDUCT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${SAFECONDUCT_CCACHE})
endif()

# sc_heavy_sources(FILE...): files with Beast coroutines. Under ASan and UBSan they take minutes
# when optimised, so there they are not.
function(sc_heavy_sources)
  if(SAFECONDUCT_SANITIZE)
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS -O0)
  endif()
endfunction()
