#pragma once
// What the C library's exp, log, pow and lgamma are to the last bit, in sixteen letters: they differ between machines
// with and without fused multiply-add, and between versions of the library, and with them the simulated numbers do.
// Numbers are put together only where the fingerprints are the same. Limits: arguments as samplers and intervals use
// them, 2000 of each function; a library that differs elsewhere alone is not told apart.

#include <string>

namespace capplan::core {

/// Of this machine: 16 hex digits. Computed at each call, in about a tenth of a millisecond.
std::string math_fingerprint();

}  // namespace capplan::core
