// The program's allocator: glibc's, but what is freed is wiped first. It stands in for malloc
// itself, so it holds for every library of the process: numbers and texts pass through the buffers
// of HTTP, TLS, libcurl and protobuf, none of which would wipe them.
//
// Sanitizers have an allocator of their own; under one of them this file is not linked.
//
// glibc manual, "Replacing malloc": these are all the functions that have to be replaced together.
#include <malloc.h>
#include <string.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

extern "C" {

// glibc's own, under the names that it keeps for whoever stands in for malloc.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) { return __libc_malloc(size); }

void* calloc(std::size_t count, std::size_t size) { return __libc_calloc(count, size); }

void free(void* memory) {
  if (memory == nullptr) return;
  const int error = errno;  // free keeps it
  explicit_bzero(memory, malloc_usable_size(memory));
  __libc_free(memory);
  errno = error;
}

// Never in place where it would have to move: glibc would leave a copy behind.
void* realloc(void* memory, std::size_t size) {
  if (memory == nullptr) return malloc(size);
  if (size == 0) {
    free(memory);
    return nullptr;
  }
  const std::size_t old_size = malloc_usable_size(memory);
  if (size <= old_size && size >= old_size / 2) {
    explicit_bzero(static_cast<char*>(memory) + size, old_size - size);
    return memory;
  }
  void* const moved = malloc(size);
  if (moved == nullptr) return nullptr;
  memcpy(moved, memory, old_size < size ? old_size : size);
  free(memory);
  return moved;
}

void* memalign(std::size_t alignment, std::size_t size) { return __libc_memalign(alignment, size); }

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  const bool power_of_two = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!power_of_two || alignment % sizeof(void*) != 0) return EINVAL;
  const int error = errno;
  void* const made = __libc_memalign(alignment, size);
  errno = error;
  if (made == nullptr) return ENOMEM;
  *memory = made;
  return 0;
}

void* valloc(std::size_t size) { return __libc_memalign(4096, size); }

void* pvalloc(std::size_t size) {
  return __libc_memalign(4096, (size + 4095) & ~std::size_t{4095});
}

}  // extern "C"
