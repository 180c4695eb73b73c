#pragma once
// How to take a capture home: what to switch on in a server, for how long, what it costs, what to copy, and a recipe
// for a staging host; as text for a person. Sources are named in the text. Limits: PostgreSQL 12 to 18 on Linux; it
// knows nothing of the server but its version.

#include <string>

#include "plan/capture/manifest.h"

namespace capplan::plan {

inline constexpr int oldest_server = 12;
inline constexpr int newest_server = 18;

/// The plan for a server of a major version. The commands in it can be pasted, and the manifest in it can be read.
/// Throws core::InputError that names --server-version for a version that is not known.
std::string capture_plan(int server_version, CaptureManifest::Path path);

}  // namespace capplan::plan
