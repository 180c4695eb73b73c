#pragma once
// Long calls: the work runs on threads of its own while the caller's waits without the interpreter's lock, looks for
// Ctrl-C twenty times a second, and tells how far it is. So every call into Python is made by the thread that called.

#include <pybind11/pybind11.h>

#include <functional>
#include <string>

#include "plan/study/run_options.h"

namespace capplan::bindings {

/// Does `work` with hooks that note progress and can be cancelled. `progress` is None, or is called with a line of
/// text several times a second, be it new or not: the time so far where `work` tells no progress.
/// Ctrl-C, or an error in `progress`, cancels the work, waits for its end, and is raised then. What `work` throws is
/// thrown on.
void wait_for(const std::string& verb, const pybind11::object& progress,
              const std::function<void(const plan::RunHooks&)>& work);

}  // namespace capplan::bindings
