// The simulated Redis beside a real redis-server on a socket of its own: the same keys at the same times, asked for in
// the same batches, and hit ratios within a point. Its clock for LRU ticks once a second, so the keys are spread over
// some seconds. Left out, with a word, where there is no redis-server (Debian: redis-server).

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "core/zipf.h"
#include "tests/models/support.h"

using namespace capplan;
using namespace capplan::models;

namespace {

constexpr int batch = 100;
constexpr int batches = 1200;
constexpr int warming = 400;  // batches before hits are counted
constexpr auto between = std::chrono::milliseconds(8);
constexpr int key_length = 16, value_length = 200;
constexpr int lg_quantum = 4;  // of Debian's jemalloc, with which its redis-server is linked

std::string found_server() {
  const char* path = std::getenv("PATH");
  for (std::string rest = path ? path : ""; !rest.empty();) {
    const std::size_t end = rest.find(':');
    const std::string file = rest.substr(0, end) + "/redis-server";
    if (access(file.c_str(), X_OK) == 0) return file;
    rest = end == std::string::npos ? "" : rest.substr(end + 1);
  }
  return {};
}

/// A server of its own for one test, in a folder of its own, gone with it.
class Server {
 public:
  Server(const std::string& program, const std::string& policy, int megabytes) {
    char folder[] = "/tmp/capplan-redis-XXXXXX";
    REQUIRE(mkdtemp(folder) != nullptr);
    folder_ = folder;
    const std::string socket_path = folder_ + "/s", memory = std::to_string(megabytes) + "mb";
    pid_ = fork();
    if (pid_ == 0) {
      if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(1);
      execl(program.c_str(), "redis-server", "--port", "0", "--unixsocket", socket_path.c_str(), "--dir",
            folder_.c_str(), "--save", "", "--appendonly", "no", "--daemonize", "no", "--maxmemory", memory.c_str(),
            "--maxmemory-policy", policy.c_str(), nullptr);
      _exit(1);
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
    for (int attempt = 0; attempt < 200; ++attempt) {
      socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
      if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
      close(socket_);
      socket_ = -1;
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
  }
  ~Server() {
    if (socket_ >= 0) close(socket_);
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  bool ready() const { return socket_ >= 0; }

  void ask(std::uint64_t key) { command({"GET", name(key)}); }
  void store(std::uint64_t key, int ttl) {
    if (ttl > 0)
      command({"SET", name(key), std::string(value_length, 'x'), "EX", std::to_string(ttl)});
    else
      command({"SET", name(key), std::string(value_length, 'x')});
  }
  /// Sends what was said, and hears whether each answer was other than "nothing" or an error.
  std::vector<bool> hear() {
    REQUIRE(write(socket_, out_.data(), out_.size()) == static_cast<ssize_t>(out_.size()));
    out_.clear();
    std::vector<bool> answers;
    for (; said_ > 0; --said_) {
      const std::string head = line();
      if (head[0] == '$' && head != "$-1") take(std::stoul(head.substr(1)) + 2);
      answers.push_back(head != "$-1" && head[0] != '-');
    }
    return answers;
  }

 private:
  static std::string name(std::uint64_t key) {
    const std::string digits = std::to_string(key);
    return "k" + std::string(key_length - 1 - digits.size(), '0') + digits;
  }
  void command(const std::vector<std::string>& words) {
    out_ += "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) out_ += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    ++said_;
  }
  void more() {
    char buffer[1 << 16];
    const ssize_t n = read(socket_, buffer, sizeof buffer);
    REQUIRE(n > 0);
    in_.append(buffer, static_cast<std::size_t>(n));
  }
  std::string line() {
    for (std::size_t end = 0; (end = in_.find("\r\n")) == std::string::npos;) more();
    const std::size_t end = in_.find("\r\n");
    std::string text = in_.substr(0, end);
    in_.erase(0, end + 2);
    return text;
  }
  void take(std::size_t bytes) {
    while (in_.size() < bytes) more();
    in_.erase(0, bytes);
  }

  std::string folder_;
  pid_t pid_ = -1;
  int socket_ = -1;
  int said_ = 0;
  std::string out_, in_;
};

/// Every third key has a time to live; how long follows from the key.
int ttl_of(std::uint64_t key) { return key % 3 == 0 ? 3 + static_cast<int>(key % 40) : 0; }

}  // namespace

TEST_CASE("the simulated Redis hits as often as a real one") {
  const std::string program = found_server();
  if (program.empty()) {
    WARN("skipped: there is no redis-server here (Debian package redis-server)");
    return;
  }
  struct Side {
    std::string policy;
    std::unique_ptr<Server> real;
    double hits = 0;
    std::unique_ptr<Bench> bench;
    std::unique_ptr<Cache> simulated;
    double simulated_hits = 0;
  };
  std::vector<Side> sides;
  for (const char* policy :
       {"allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-ttl", "noeviction"}) {
    Side side{policy, std::make_unique<Server>(program, policy, 5), 0, std::make_unique<Bench>(), nullptr};
    REQUIRE(side.real->ready());
    const Section described = section("cache", "redis", "c",
                                      {{"maxmemory", "5MB"},
                                       {"maxmemory_policy", policy},
                                       {"key_size", std::to_string(key_length) + "B"},
                                       {"value_size", std::to_string(value_length) + "B"},
                                       {"lg_quantum", lg_quantum}});
    side.simulated = described.spec->make_cache(side.bench->build, described);
    sides.push_back(std::move(side));
  }
  const core::Zipf law(40'000, 0.9);
  core::Stream stream(1, 0, "test", "keys");
  const auto start = std::chrono::steady_clock::now();
  for (int b = 0; b < batches; ++b) {
    std::vector<std::uint64_t> keys(batch);
    for (std::uint64_t& key : keys) key = law.sample(stream);
    const core::Nanos now = std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
    for (Side& side : sides) {
      for (const std::uint64_t key : keys) side.real->ask(key);
      const std::vector<bool> found = side.real->hear();
      for (int i = 0; i < batch; ++i)
        if (!found[static_cast<std::size_t>(i)])
          side.real->store(keys[static_cast<std::size_t>(i)], ttl_of(keys[static_cast<std::size_t>(i)]));
      side.real->hear();
      side.bench->simulator.run(now);
      std::vector<std::uint64_t> missed;
      for (int i = 0; i < batch; ++i) {
        const bool hit = side.simulated->lookup(keys[static_cast<std::size_t>(i)]) == Found::hit;
        if (!hit) missed.push_back(keys[static_cast<std::size_t>(i)]);
        if (b < warming) continue;
        side.hits += found[static_cast<std::size_t>(i)];
        side.simulated_hits += hit;
      }
      for (const std::uint64_t key : missed)
        side.simulated->store(key, ttl_of(key) > 0 ? ttl_of(key) * s : core::never);
    }
    std::this_thread::sleep_for(between);
  }
  for (const Side& side : sides) {
    const double asked = (batches - warming) * batch;
    INFO(side.policy << ": real " << side.hits / asked << ", simulated " << side.simulated_hits / asked);
    CHECK(side.hits / asked > 0.2);
    CHECK(side.simulated_hits / asked == Approx(side.hits / asked).margin(0.01));
  }
}
