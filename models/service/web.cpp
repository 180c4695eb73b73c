#include "models/service/web.h"

#include "models/catalog.h"

namespace capplan::models {

namespace {

using core::Aggregation;
using core::Better;
using core::Column;
using core::Unit;

constexpr core::FigureSpec utilization_figure{
    .name = "utilization",
    .unit = Unit::ratio,
    .help = "requests inside, as a share of those for whom there are connections",
    .better = Better::down,
    .aggregation = Aggregation::level,
    .heading = "use",
    .column = Column::always};
constexpr core::FigureSpec requests_figure{.name = "requests_per_s",
                                           .unit = Unit::per_second,
                                           .help = "requests that came",
                                           .heading = "requests/s",
                                           .column = Column::always};
constexpr core::FigureSpec refused_figure{.name = "refused_ratio",
                                          .unit = Unit::ratio,
                                          .help = "requests refused for want of worker_connections, of all",
                                          .better = Better::down,
                                          .aggregation = Aggregation::ratio,
                                          .heading = "refused",
                                          .column = Column::always};

std::uint64_t room(const Params& p) {
  return static_cast<std::uint64_t>(p.count("worker_processes") * p.count("worker_connections") /
                                    p.count("connections_per_request"));
}
}  // namespace

Web::Web(Build& build, const Section& section)
    : simulator_(build.simulator),
      room_(room(section.params)),
      read_timeout_(section.params.duration("proxy_read_timeout")),
      utilization_(build.meters.level(utilization_figure, section.subject(), static_cast<double>(room_))),
      requests_(build.meters.rate(requests_figure, section.subject())),
      refused_(build.meters.ratio(refused_figure, section.subject(), requests_)) {}

bool Web::enter() {
  requests_.add();
  if (inside_ == room_) {
    refused_.add();
    return false;
  }
  ++inside_;
  utilization_.add(simulator_.now(), 1);
  return true;
}

void Web::leave() {
  --inside_;
  utilization_.add(simulator_.now(), -1);
}

Spec web_section() {
  return {
      .section = "web",
      .help =
          "a web server in front of requests: worker_connections limits how many are inside, proxy_read_timeout how "
          "long",
      .source = "nginx src/core/ngx_connection.c (ngx_get_connection), ngx_http_proxy_module",
      .validity =
          "workers share the load evenly; idle keep-alive connections are reused or closed in time; an answer comes in "
          "one piece, so that proxy_read_timeout limits the whole of it; no processor time of its own",
      .params =
          {
              {.name = "worker_processes",
               .type = Type::count,
               .fallback = "1",
               .help = "processes",
               .source = "nginx.conf default",
               .lo = 1,
               .hi = 1024},
              {.name = "worker_connections",
               .type = Type::count,
               .fallback = "512",
               .help = "connections of each, to clients and upstreams together",
               .source = "nginx.conf default",
               .lo = 2,
               .hi = 1e7,
               .costs = true},
              {.name = "connections_per_request",
               .type = Type::count,
               .fallback = "2",
               .help = "connections a request takes: 2 where it is passed on, 1 where it is answered here",
               .lo = 1,
               .hi = 2},
              {.name = "proxy_read_timeout",
               .type = Type::duration,
               .fallback = "60s",
               .help = "longest wait for the upstream's answer; then the client gets 504, and the request its "
                       "after_timeout",
               .source = "nginx.conf default",
               .lo = 0.001,
               .hi = 86'400},
          },
      .figures = {&utilization_figure, &requests_figure, &refused_figure}};
}

}  // namespace capplan::models
