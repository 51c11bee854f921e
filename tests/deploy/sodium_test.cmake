# cmake -DGOOD_PREFIX=DIR -DWORK=DIR -P sodium_test.cmake
# Configuring takes a libsodium that has what is needed, and refuses any other with a reason.

file(REMOVE_RECURSE ${WORK})
file(WRITE ${WORK}/project/CMakeLists.txt "
  cmake_minimum_required(VERSION 3.25)
  project(needs_sodium LANGUAGES CXX)
  find_package(Threads REQUIRED)
  include(${CMAKE_CURRENT_LIST_DIR}/../../deploy/cmake/sodium.cmake)
")

# expect(NAME PREFIX STATUS TEXT): configuring against PREFIX ends with STATUS (0 or 1) and says TEXT.
function(expect name prefix status text)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${WORK}/project -B ${WORK}/${name}
            -DSAFECONDUCT_SODIUM_PREFIX=${prefix}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(NOT result EQUAL status)
    message(FATAL_ERROR "${name}: configuring ended with ${result}, not ${status}: ${output}")
  endif()
  string(FIND "${output}" "${text}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${name}: does not say '${text}' but: ${output}")
  endif()
endfunction()

expect(good ${GOOD_PREFIX} 0 "libsodium 1.0.22 in")

expect(absent ${WORK}/nowhere 1 "Run deploy/sodium")

# As Debian 12's own: an older header.
file(COPY ${GOOD_PREFIX}/include ${GOOD_PREFIX}/lib DESTINATION ${WORK}/old)
file(READ ${WORK}/old/include/sodium/version.h header)
string(REPLACE "1.0.22" "1.0.18" header "${header}")
file(WRITE ${WORK}/old/include/sodium/version.h "${header}")
expect(older ${WORK}/old 1 "libsodium 1.0.18 in ${WORK}/old is too old")

# A new header beside a library that has none of it.
file(COPY ${GOOD_PREFIX}/include DESTINATION ${WORK}/hollow)
file(WRITE ${WORK}/hollow/lib/libsodium.a "!<arch>\n")
expect(without_symbols ${WORK}/hollow 1 "does not build or run the probe")
