#pragma once
// A web server in front of requests, as [web.NAME]: nginx has so many connections for each worker process, of which a
// proxied request takes two, the client's and the upstream's; when none is left, who comes is turned away at once.
// Sources: nginx src/core/ngx_connection.c (ngx_get_connection: "%ui worker_connections are not enough"),
// ngx_http_proxy_module (proxy_read_timeout), nginx.org "worker_connections": proxied connections count too.
// Limits: workers share the load evenly, where the kernel may fill one before the others; idle keep-alive connections
// are taken as free, since nginx closes the oldest of them when it runs short (ngx_drain_connections); its own
// processor time is not modelled.

#include "models/build.h"

namespace capplan::models {

class Web {
 public:
  Web(Build& build, const Section& section);

  /// A request connects; false if there is no room.
  bool enter();
  /// Its connections are closed, or idle again.
  void leave();

  core::Nanos read_timeout() const { return read_timeout_; }

 private:
  core::Simulator& simulator_;
  std::uint64_t room_;
  std::uint64_t inside_ = 0;
  core::Nanos read_timeout_;
  core::Level& utilization_;
  core::Counter& requests_;
  core::Counter& refused_;
};

}  // namespace capplan::models
