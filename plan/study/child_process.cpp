#include "plan/study/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace capplan::plan {

namespace {

/// Signals are as in a program that a shell starts, whatever this one ignores or holds back.
int spawn(const std::vector<std::string>& command, int socket, pid_t& pid) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, socket, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigemptyset(&all);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&all, signal);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int failure = posix_spawnp(&pid, arguments.front(), &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failure;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command) {
  std::array<int, 2> ends = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::runtime_error(fmt::format("{} cannot be started: {}", command.front(), std::strerror(errno)));
  const int failure = spawn(command, ends[1], pid_);
  close(ends[1]);
  descriptor_ = ends[0];
  if (failure == 0) return;
  close(descriptor_);
  throw std::runtime_error(fmt::format("{} cannot be started: {}", command.front(), std::strerror(failure)));
}

ChildProcess::~ChildProcess() {
  close(descriptor_);
  if (ended_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool ChildProcess::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool ChildProcess::receive(std::string& bytes) {
  std::array<char, std::size_t{1} << 16> chunk;
  for (;;) {
    const ssize_t size = recv(descriptor_, chunk.data(), chunk.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size > 0) bytes.append(chunk.data(), static_cast<std::size_t>(size));
    return size > 0;
  }
}

std::string ChildProcess::end() {
  constexpr int patience_ms = 1'000;
  int status = 0;
  pid_t ended = 0;
  for (int waited = 0; waited < patience_ms && (ended = waitpid(pid_, &status, WNOHANG)) == 0; ++waited) usleep(1'000);
  if (ended == 0) return "listens no more";
  ended_ = true;
  if (ended > 0 && WIFSIGNALED(status)) return fmt::format("was killed by signal {}", WTERMSIG(status));
  return fmt::format("ended with exit status {}", ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

}  // namespace capplan::plan
