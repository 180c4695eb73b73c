#include "models/failure/failures.h"

#include "core/error.h"
#include "models/catalog.h"

namespace capplan::models {

void Failures::add(const Build& build, const Section& section) {
  const Params& p = section.params;
  Fallible* const target = build.fallible(p.text("target"));
  if (target == nullptr)
    throw core::InputError(find(p.values(), "target")->where, section.path() + ".target",
                           "there is no " + p.text("target") + ": its number is beyond what its section has");
  const core::Nanos length = p.has("for") ? p.duration("for") : core::never;
  const core::Nanos from = p.duration("at");
  for (const Failure& other : failures_)
    if (other.target == target && (other.from < from ? from - other.from < other.length : other.from - from < length))
      throw core::InputError(
          find(p.values(), "at")->where, section.path() + ".at",
          "it is away already, or goes away again before it is back: let failures follow each other");
  failures_.push_back({target, from, length});
  simulator_.schedule(from, *this, goes, static_cast<std::uint32_t>(failures_.size() - 1));
}

void Failures::on_event(std::uint32_t kind, std::uint32_t index) {
  const Failure& failure = failures_[index];
  if (kind == goes) {
    failure.target->go_down();
    if (failure.length != core::never) simulator_.schedule(failure.length, *this, returns, index);
  } else {
    failure.target->come_back();
  }
}

Spec failure_section() {
  return {
      .section = "failure",
      .help = "something fails during a run, and may restart",
      .source = "Nygard, Release It!, 2nd edition 2018, for what follows a failure",
      .validity =
          "a process ends or a host restarts: connections are closed at once, not left hanging; nothing recovers "
          "slowly, and what was in memory is gone. Figures are of the whole run, the failure within it",
      .params = {
          {.name = "target",
           .type = Type::reference,
           .help = "what fails; one of several by its number, as in \"server.replica.1\" or \"bouncer.main.2\"",
           .required = true,
           .choices = {"server", "bouncer", "cache"},
           .numbered = true},
          {.name = "at",
           .type = Type::duration,
           .help = "when, from the start of the run",
           .required = true,
           .lo = 0,
           .hi = 1e8},
          {.name = "for", .type = Type::duration, .help = "until it restarts; absent: never", .lo = 0.001, .hi = 1e8},
      }};
}

}  // namespace capplan::models
