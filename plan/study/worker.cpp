#include "plan/study/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>

#include "core/error.h"
#include "core/fingerprint.h"
#include "plan/format/digest.h"
#include "plan/scenario/figure_specs.h"
#include "plan/study/work_pack.h"

namespace capplan::plan {

namespace {

constexpr std::size_t head = 1 + sizeof(std::uint64_t);
constexpr std::uint64_t longest = std::uint64_t{1} << 40;
constexpr std::string_view letters = "GWBIF";

void write_all(int out, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(out, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::runtime_error(std::string("what was computed cannot be sent: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// The next frame; nothing at the end.
std::optional<Frame> read_frame(int in, std::string& received) {
  std::string chunk(std::size_t{1} << 16, '\0');
  for (;;) {
    if (std::optional<Frame> frame = take_frame(received)) return frame;
    const ssize_t size = read(in, chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw std::runtime_error(std::string("works cannot be read: ") + std::strerror(errno));
    if (size == 0 && !received.empty()) throw std::runtime_error("the works end in the middle of one");
    if (size == 0) return std::nullopt;
    received.append(chunk, 0, static_cast<std::size_t>(size));
  }
}

std::string answer(const Frame& work, std::shared_ptr<const Scenario>& scenario) {
  try {
    const Simulation simulation = unpack_simulation(work.bytes, scenario);
    scenario = simulation.scenario;
    return framed(FrameKind::batch, pack_batch(simulate(simulation)));
  } catch (const core::InputError& error) {
    return framed(FrameKind::bad_input, pack_problems(error.problems()));
  } catch (const std::bad_alloc&) {
    return framed(FrameKind::failure, "there is no memory left: fewer processes need less");
  } catch (const std::exception& error) {
    return framed(FrameKind::failure, error.what());
  }
}

}  // namespace

std::string worker_greeting() {
  std::string figures;
  for (const KnownFigure& figure : known_figures())
    figures += figure.group + "/" + std::string(figure.spec->name) + "\n";
  return fmt::format("engine revision {}, figures {}, mathematics {}", engine_revision, sha256(figures).substr(0, 8),
                     core::math_fingerprint());
}

std::string framed(FrameKind kind, const std::string& bytes) {
  std::string frame(1, static_cast<char>(kind));
  for (std::size_t i = 0; i < sizeof(std::uint64_t); ++i) frame += static_cast<char>(bytes.size() >> (8 * i));
  return frame += bytes;
}

std::optional<Frame> take_frame(std::string& received) {
  if (received.empty()) return std::nullopt;
  if (letters.find(received.front()) == std::string_view::npos)
    throw std::runtime_error("what was received is no frame of a worker");
  if (received.size() < head) return std::nullopt;
  std::uint64_t size = 0;
  for (std::size_t i = head - 1; i > 0; --i) size = size << 8 | static_cast<unsigned char>(received[i]);
  if (size > longest) throw std::runtime_error("what was received is no frame of a worker");
  if (received.size() - head < size) return std::nullopt;
  Frame frame{static_cast<FrameKind>(received.front()), received.substr(head, size)};
  received.erase(0, head + size);
  return frame;
}

void serve_works(int in, int out) {
  write_all(out, framed(FrameKind::greeting, worker_greeting()));
  std::string received;
  std::shared_ptr<const Scenario> scenario;
  while (const std::optional<Frame> work = read_frame(in, received)) {
    if (work->kind != FrameKind::work) throw std::runtime_error("something else than a work was sent");
    write_all(out, answer(*work, scenario));
  }
}

}  // namespace capplan::plan
