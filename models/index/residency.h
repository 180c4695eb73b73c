#pragma once
// Where the pages of a search are found: in shared_buffers, in the operating system's cache, on disk; and what that
// adds to it. Sources: PostgreSQL 15 storage/buffer/freelist.c (clock sweep), pgvector src/ivfscan.c (sequential
// reading of lists) and hnswutils.c (one random page at a time); published searches of indexes beyond memory (anchors
// in the test). Costs are priors: a page copied from the system's cache 2.5 us (1.5 to 4), 1.5 us where pages follow
// each other; a page from disk its read latency, 4.5 % of it where read-ahead fetches the pages that follow. Limits: a
// steady state, in which every search of a server competes for the same memory in proportion to its size; the cold
// start after a restart is not followed. Shares are means: hot and cold searches of one index are not told apart.

#include "core/estimate.h"
#include "models/index/search_cost.h"

namespace capplan::models {

/// What a server has for pages.
struct PageMemory {
  double shared_buffers = 128.0 * 1024 * 1024;
  double memory = 0;  ///< of the host; 0: not known, and then all that is not in shared_buffers is in its cache
  double read_latency = 100e-6;  ///< of the disk, one page of 8 kB
};

/// Of the pages that searches touch, the shares by where they are found; they sum to 1.
struct PageShares {
  double shared_buffers = 1;
  double system_cache = 0;
  double disk = 0;
};

/// How pages are touched.
enum class PageAccess : std::uint8_t {
  skewed,  ///< hubs and upper layers again and again: HNSW
  even,    ///< every page as often, those that follow each other together: IVFFlat, sequential scans
};

/// `bytes` of indexes and tables that are searched on the server, 0 or more. A share c of them in a cache serves c of
/// even accesses, and c^0.4 of skewed ones. A tenth of the memory is not for pages.
PageShares page_shares(double bytes, const PageMemory& memory, PageAccess access);

/// Memory for the system's cache of pages, bytes; infinite where memory is not known.
double system_cache_bytes(const PageMemory& memory);

/// What touching `pages` adds to the time of a search that finds all in shared_buffers.
struct PageCost {
  double cpu = 0;   ///< seconds on a core: copies from the system's cache, of what was read from disk too
  double disk = 0;  ///< seconds at the disk
};
PageCost page_cost(double pages, const PageShares& shares, const PageMemory& memory, PageAccess access);

/// How an index, or the plan that is taken instead, touches pages.
PageAccess access_of(IndexKind kind, Plan plan);

/// Bytes of an index and of the rows that its searches return (of the whole table where it is scanned), which are what
/// competes for memory.
double searched_bytes(const VectorIndex& index, Plan plan);

}  // namespace capplan::models
