#pragma once
// When parameters change nothing where their section stands: what must be there for them to be simulated, and is not.
// Specs name these functions (Param::idle); what concerns one file's parameters alone is in that file. Sound but not
// complete: where one of these gives a reason, no figure depends on the value; where none does, it may still be so.

#include "models/topology.h"

namespace capplan::models::idle {

// Of a server.
const char* without_search(const Placed& at);     ///< of memory and planner: no index is searched or built there
const char* without_buffers(const Placed& at);    ///< of shared_buffers, which count for the kernel's limit too
const char* without_work_mem(const Placed& at);   ///< neither a search, nor sorts under the kernel's limit
const char* without_reads(const Placed& at);      ///< of the disk: nothing reads
const char* without_commits(const Placed& at);    ///< of the disk: nothing flushes the WAL
const char* without_cold(const Placed& at);       ///< no query says its cold
const char* without_slices(const Placed& at);     ///< of the scheduler linux
const char* without_idle_cold(const Placed& at);  ///< of cores that have been idle
const char* without_choice(const Placed& at);     ///< of a balancer: there are not several replicas
const char* without_failure(const Placed& at);    ///< of a balancer: no replica ever goes away

// Of a pool or bouncer.
const char* without_parsed_query(const Placed& at);  ///< of prepared statements: no query there has parse_cpu

}  // namespace capplan::models::idle
