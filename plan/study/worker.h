#pragma once
// The other end of a ProcessExecutor: a process that reads works and writes what came of them. Both ends send frames: a
// letter, the length in eight bytes, least first, and as many bytes. A worker first says which program it is; then each
// work is answered by one frame.

#include <optional>
#include <string>

namespace capplan::plan {

/// What a frame is.
enum class FrameKind : char {
  greeting = 'G',   ///< from a worker, first: worker_greeting()
  work = 'W',       ///< pack_simulation; without a scenario where it is that of the work before
  batch = 'B',      ///< pack_batch
  bad_input = 'I',  ///< pack_problems: the scenario cannot be built
  failure = 'F',    ///< anything else that was thrown, as text
};

struct Frame {
  FrameKind kind = FrameKind::failure;
  std::string bytes{};
};

/// What both ends must share for the same bytes: the engine's revision, the figures it measures, and the machine's
/// mathematics (core/fingerprint.h), in words.
std::string worker_greeting();

/// Appends a frame as it is sent.
std::string framed(FrameKind kind, const std::string& bytes);

/// Takes the first frame off `received`; nothing while it is not all there. Throws std::runtime_error for what is no
/// frame.
std::optional<Frame> take_frame(std::string& received);

/// Greets on the descriptor `out` and answers the works on `in` until that ends. Throws std::runtime_error where `in`
/// is not what an executor sends.
void serve_works(int in, int out);

}  // namespace capplan::plan
