#include "plan/costs/evidence.h"

#include "plan/format/raw_values.h"

namespace capplan::plan {

namespace {

using models::List;
using models::Table;
using models::Value;

std::string text_in(const Table& table, const char* key) {
  const Value* value = models::find(table, key);
  const auto* text = value != nullptr ? value->as<std::string>() : nullptr;
  return text != nullptr ? *text : "";
}

const List* list_in(const Table* table, const char* key) {
  const Value* value = table != nullptr ? models::find(*table, key) : nullptr;
  return value != nullptr ? value->as<List>() : nullptr;
}

/// The tables of a list; none where it is no list.
std::vector<const Table*> tables_in(const Table* table, const char* key) {
  std::vector<const Table*> found;
  if (const List* list = list_in(table, key))
    for (const Value& value : *list)
      if (value.as<Table>() != nullptr) found.push_back(value.as<Table>());
  return found;
}

EvidenceCapture capture_of(const Table& table) {
  EvidenceCapture capture{text_in(table, "name"),
                          text_in(table, "load"),
                          number_in(table, "rows"),
                          number_in(table, "duration"),
                          number_in(table, "connections", number_in(table, "clients")),
                          number_in(table, "cores"),
                          std::nullopt};
  if (models::find(table, "server_cpu") != nullptr) capture.cpu = number_in(table, "server_cpu");
  return capture;
}

EvidenceCost cost_of(const Table& table) {
  EvidenceCost cost{text_in(table, "name"), {}, true};
  const double value = number_in(table, "value");
  if (const List* ends = list_in(&table, "interval"); ends != nullptr && ends->size() == 2)
    cost.value = {value, number_of(&ends->front()), number_of(&ends->back()), true};
  const Value* told = models::find(table, "identified");
  if (told != nullptr && told->as<bool>() != nullptr) cost.identified = *told->as<bool>();
  return cost;
}

void read_contention(const Table& contention, Evidence& evidence) {
  if (const List* names = list_in(&contention, "left_out"))
    for (const Value& name : *names)
      if (name.as<std::string>() != nullptr) evidence.left_out.push_back(*name.as<std::string>());
  if (const Table* spread = table_in(&contention, "spread"))
    evidence.spread = {number_in(*spread, "p50"), number_in(*spread, "p95"), number_in(*spread, "p99")};
  for (const Table* cost : tables_in(&contention, "fitted")) evidence.costs.push_back(cost_of(*cost));
}

/// Of classes whose durations are their demands.
void read_classes(const Table& queries, Evidence& evidence) {
  for (const auto& [name, query] : queries)
    if (const Table* fit = table_in(query.as<Table>(), "fit"))
      evidence.classes.push_back({name, number_in(*fit, "samples"), text_in(*fit, "family"), number_in(*fit, "ks"),
                                  number_in(*fit, "ks_critical_1pct")});
}

}  // namespace

Evidence evidence_of(const Table& calibration, const std::string& file) {
  Evidence evidence;
  evidence.calibration = file;
  const Table* head = table_in(&calibration, "calibration");
  if (head != nullptr) evidence.assumption = text_in(*head, "assumption");
  for (const Table* capture : tables_in(head, "capture")) evidence.captures.push_back(capture_of(*capture));
  const Table* contention = table_in(head, "contention");
  if (contention != nullptr) read_contention(*contention, evidence);
  const Table* queries = table_in(&calibration, "query");
  if (contention == nullptr && queries != nullptr && !evidence.captures.empty()) read_classes(*queries, evidence);
  const Table* law = table_in(&calibration, "index_law");
  if (law != nullptr && number_in(*law, "samples") > 0) {
    evidence.index_law = {number_in(*law, "samples"),
                          {},
                          number_in(*law, "latency_residual"),
                          number_in(*law, "pages_residual"),
                          number_in(*law, "recall_residual")};
    for (const Table* samples : tables_in(head, "index_samples"))
      evidence.index_law->files.push_back(text_in(*samples, "file"));
  }
  if (evidence.empty()) return {};
  return evidence;
}

bool is_time(const std::string& cost) { return !cost.ends_with("_cv") && cost != "idle_cold"; }

std::string named_calibration(const Table& document) {
  const Table* settings = table_in(&document, "scenario");
  return settings != nullptr ? text_in(*settings, "calibration") : "";
}

}  // namespace capplan::plan
