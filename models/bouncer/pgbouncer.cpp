// PgBouncer: many client connections onto few server connections, by one process or, with so_reuseport, by several that
// share nothing but the port: the kernel deals them connections by a hash, whatever they have to do.
// Sources: pgbouncer src/client.c, src/server.c, src/objects.c, src/janitor.c, src/main.c (defaults); doc/config.md
// (so_reuseport). Oracle: with a server that never saturates and no limit reached, M/M/c over default_pool_size.

#include "models/bouncer/bouncer_meters.h"
#include "models/bouncer/process.h"
#include "models/catalog.h"

namespace capplan::models {

namespace {

/// Several processes behind one port. A connection stays with the process that the kernel's hash gave it to.
class BouncerProcesses : public Endpoint, public Fallible {
 public:
  BouncerProcesses(Build& build, const Section& section, std::uint32_t processes)
      : stream_(build.stream(section.path(), "so_reuseport")) {
    const BouncerMeters all = bouncer_meters(build, section, static_cast<int>(processes));
    for (std::uint32_t i = 0; i < processes; ++i) {
      const std::string number = std::to_string(i + 1);
      processes_.push_back(std::make_unique<BouncerProcess>(
          build, build.endpoint(section.params.text("server")), read_settings(section.params),
          process_meters(build, section, number, all), i, processes,
          build.stream(section.path(), i == 0 ? "timer" : "timer " + number)));
      build.add_fallible(section.path() + "." + number, *processes_.back());
    }
  }

  void connect(Login login, Reply reply) override {
    processes_[stream_.below(processes_.size())]->connect(login, reply);
  }
  void execute(std::uint32_t connection, const Statement& statement, Reply reply) override {
    of(connection).execute(connection, statement, reply);
  }
  void disconnect(std::uint32_t connection) override { of(connection).disconnect(connection); }
  bool alive(std::uint32_t connection) const override { return of(connection).alive(connection); }
  void go_down() override {
    for (const auto& process : processes_)
      if (process->up()) process->go_down();
  }
  void come_back() override {
    for (const auto& process : processes_)
      if (!process->up()) process->come_back();
  }

 private:
  BouncerProcess& of(std::uint32_t connection) const { return *processes_[connection % processes_.size()]; }

  core::Stream stream_;
  std::vector<std::unique_ptr<BouncerProcess>> processes_;
};

std::unique_ptr<Endpoint> make(Build& build, const Section& section) {
  const auto processes = static_cast<std::uint32_t>(section.params.count("processes"));
  if (processes > 1) {
    auto several = std::make_unique<BouncerProcesses>(build, section, processes);
    build.add_fallible(section.path(), *several);
    return several;
  }
  auto one = std::make_unique<BouncerProcess>(build, build.endpoint(section.params.text("server")),
                                              read_settings(section.params), bouncer_meters(build, section, 1), 0, 1,
                                              build.stream(section.path(), "timer"));
  build.add_fallible(section.path(), *one);
  return one;
}

}  // namespace

Spec pgbouncer() {
  return {
      .section = "bouncer",
      .kind = "pgbouncer",
      .help = "PgBouncer: many clients on few server connections, by single-threaded processes",
      .source = "pgbouncer src/client.c, src/server.c, src/objects.c, src/janitor.c",
      .validity =
          "TLS, SET of session variables, cancel requests, PAUSE and settings of single databases or users are left "
          "out; at the start PgBouncer has run before, so that no client waits for the welcome message",
      .params = bouncer_params(),
      .figures = bouncer_figures(),
      .several = "processes",
      .make_endpoint = make};
}

}  // namespace capplan::models
