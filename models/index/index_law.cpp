#include "models/index/index_law.h"

#include <cmath>

namespace capplan::models {

const std::array<LawCoefficient, law_terms>& law_coefficients() {
  static const std::array<LawCoefficient, law_terms> list = {{
      {"round_trip", 100e-6, 0.9, true, "s", "client to server and back, parse and plan of a short statement"},
      {"host", 1, 0.4, true, "", "how many times longer all else takes than on one core at 3 GHz"},
      {"parse", 60e-9, 0.5, true, "s", "reading the query vector, per dimension"},
      {"graph_start", 30e-6, 0.5, true, "s", "setting up an HNSW scan"},
      {"graph_page", 150e-9, 0.4, true, "s", "one page touched by an HNSW scan: pin, lock, visited set, heaps"},
      {"graph_miss", 100e-9, 0.5, true, "s",
       "more per page and ln(1 + index / processor cache): cache and page-table misses"},
      {"list_centre", 60e-9, 0.4, true, "s", "one centre read by an IVFFlat scan, its place in the queue included"},
      {"list_row", 100e-9, 0.4, true, "s", "one entry read by an IVFFlat scan, its place in the sort included"},
      {"list_miss", 50e-9, 0.5, true, "s", "more for one that the processor's cache lacks"},
      {"scan_row", 150e-9, 0.4, true, "s", "one row of a sequential scan: visibility, expression, top-N heap"},
      {"detoast", 1.2e-6, 0.4, true, "s", "fetching one vector that is stored out of line"},
      {"dimension", 0.22e-9, 0.3, true, "s", "distance, per dimension of four bytes, data in the processor's cache"},
      {"dimension_miss", 0.35e-9, 0.4, true, "s", "more per dimension where the processor's cache lacks the data"},
      {"processor_cache", 32e6, 0.15, true, "B", "last-level cache that the server's processes share"},
      {"descent", 6, 0.5, true, "pages", "way down the upper layers, per layer and m^descent_m"},
      {"descent_m", 0.65, 0.15, false, "", "its growth with m"},
      {"step", 1.4, 0.8, true, "pages", "pages of the bottom layer per step of the search"},
      {"step_m", 0.75, 0.2, false, "", "their growth with m: neighbours overlap, so less than in proportion"},
      {"step_choice", 0.2, 0.2, false, "", "their growth with ef_construction / 2m: choosier graphs overlap less"},
      {"step_ef", 0.76, 0.12, false, "", "their growth with ef_search"},
      {"step_rows", 0.12, 0.12, false, "", "their growth with the number of rows"},
      {"step_rise", 1, 0.8, true, "", "how much dearer steps become beyond a vector's own cluster"},
      {"step_rise_at", -5, 1, false, "", "where they do: ln of ef_search / rows"},
      {"list_skew", 0.12, 0.6, true, "", "how much longer than the average the nearest list is"},
      {"graph_recall", 2.6, 1.5, false, "", "logit of recall at m 16, ef_construction 64, ef_search 40, 100 000 rows"},
      {"graph_recall_ef", 1.3, 0.4, false, "", "its growth with ln ef_search"},
      {"graph_recall_m", 1.1, 0.4, false, "", "its growth with ln m"},
      {"graph_recall_build", 0.4, 0.4, false, "", "its growth with ln ef_construction"},
      {"graph_recall_rows", -0.6, 0.2, false, "", "its growth with ln rows"},
      {"graph_recall_dimensions", -0.2, 0.3, false, "", "its growth with ln dimensions"},
      {"list_recall", 2.0, 1.5, false, "", "logit of recall at lists 316, probes 10, 100 000 rows"},
      {"list_recall_probes", 0.95, 0.3, false, "", "its growth with ln probes"},
      {"list_recall_lists", -0.1, 0.4, false, "", "its growth with ln lists"},
      {"list_recall_rows", -0.1, 0.3, false, "", "its growth with ln rows"},
      {"list_recall_rest", 2.0, 0.7, true, "", "how fast misses vanish as probes nears lists"},
  }};
  return list;
}

double IndexLaw::value(LawTerm term) const { return law_coefficients()[term].positive ? std::exp(at[term]) : at[term]; }

IndexLaw prior_law() {
  IndexLaw law;
  for (std::size_t i = 0; i < law_terms; ++i) {
    const LawCoefficient& c = law_coefficients()[i];
    law.at[i] = c.positive ? std::log(c.prior) : c.prior;
    law.covariance[i * law_terms + i] = c.spread * c.spread;
  }
  return law;
}

}  // namespace capplan::models
