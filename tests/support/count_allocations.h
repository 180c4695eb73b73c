#pragma once
// Counts calls of operator new while asked to. It replaces the program's operator new and delete, so that exactly one
// source file of a program may include it. Off, it costs a look at a flag. For programs of one thread.

#include <cstdint>
#include <cstdlib>
#include <new>

namespace capplan::test {

struct AllocationCount {
  bool on = false;
  std::uint64_t calls = 0;
};
inline AllocationCount allocation_count;

/// Calls of operator new that `work` makes.
template <class Work>
std::uint64_t allocations_of(Work work) {
  allocation_count = {true, 0};
  work();
  allocation_count.on = false;
  return allocation_count.calls;
}

inline void* counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  if (allocation_count.on) ++allocation_count.calls;
  return memory;
}

}  // namespace capplan::test

// Not inlined: a compiler that saw one half of a pair only would take it for a mismatch.
#define CAPPLAN_NOINLINE __attribute__((noinline))
CAPPLAN_NOINLINE void* operator new(std::size_t size) {
  return capplan::test::counted(std::malloc(size > 0 ? size : 1));
}
CAPPLAN_NOINLINE void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  return capplan::test::counted(std::aligned_alloc(step, (size + step - 1) / step * step));
}
CAPPLAN_NOINLINE void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (capplan::test::allocation_count.on) ++capplan::test::allocation_count.calls;
  return std::malloc(size > 0 ? size : 1);
}
CAPPLAN_NOINLINE void operator delete(void* memory) noexcept { std::free(memory); }
CAPPLAN_NOINLINE void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
CAPPLAN_NOINLINE void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
CAPPLAN_NOINLINE void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
CAPPLAN_NOINLINE void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#undef CAPPLAN_NOINLINE
