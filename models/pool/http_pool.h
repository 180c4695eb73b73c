#pragma once
// Connections of an HTTP client, kept for further requests: the same engine as a database pool's, before a host that
// has room for all. What a request takes there is the caller's to say; opening a connection takes the handshakes of TCP
// and TLS. Limits: HTTP/1.1, one request on a connection at a time; one origin.

#include "models/pool/connection_pool.h"

namespace capplan::models {

/// `instances`, the kind's own, `connect_time`.
std::vector<Param> http_pool_params(std::vector<Param> own);

/// The factory of every kind of [http_pool].
std::unique_ptr<Pool> make_http_pool(Build& build, const Section& section);

}  // namespace capplan::models
