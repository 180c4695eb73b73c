#include "plan/report/html/simulated.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plan/format/json_text.h"
#include "plan/format/text_layout.h"
#include "plan/scenario/settings.h"

namespace capplan::plan {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_line = 25;
constexpr std::size_t most_lines = 3;

/// A kind of section that is drawn: where, and which of its keys say how large it is, the most telling first.
struct Drawn {
  const char* word;
  int column;
  std::vector<const char*> sizes;
};

const std::vector<Drawn>& drawn_words() {
  static const std::vector<Drawn> words = {
      {"workload", 0, {"rate", "users", "rates", "stages", "capture", "think", "speed"}},
      {"web", 1, {"worker_processes", "worker_connections"}},
      {"workers", 1, {"concurrency", "nodes"}},
      {"container", 1, {"cores", "cpu_quota", "instances", "memory_limit"}},
      {"pool",
       2,
       {"size", "max_size", "pool_size", "max_overflow", "max", "max_connections", "maximumPoolSize", "instances"}},
      {"http_pool", 2, {"max_connections", "maxSockets", "instances"}},
      {"cache", 2, {"max_entries", "max_bytes", "maxmemory", "max_size", "ttl", "instances"}},
      {"bouncer", 3, {"pool_mode", "default_pool_size", "max_client_conn", "max_db_connections"}},
      {"server", 4, {"cores", "shared_buffers", "memory", "replicas", "max_connections"}},
      {"call", 4, {"time", "concurrency"}}};
  return words;
}

const Drawn* drawn_as(const std::string& word) {
  for (const Drawn& each : drawn_words())
    if (word == each.word) return &each;
  return nullptr;
}

/// "pool.app" is of the word "pool".
std::string word_of_path(const std::string& path) { return path.substr(0, path.find('.')); }

/// "server.replica" of "server.replica.1".
std::string unnumbered(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  const bool numbered = dot != std::string::npos && dot + 1 < name.size() &&
                        name.find_first_not_of("0123456789", dot + 1) == std::string::npos;
  return numbered ? name.substr(0, dot) : name;
}

/// All names of sections that a section gives, in order.
class Names {
 public:
  explicit Names(const std::set<std::string>& paths) : paths_(paths) {}

  std::vector<std::string> in(const Json& section) {
    found_.clear();
    walk(section, "");
    return std::move(found_);
  }

 private:
  void add(const std::string& key, const std::string& name) {
    for (const std::string& path : {name, unnumbered(name), key + "." + name})
      if (paths_.contains(path)) {
        found_.push_back(path);
        return;
      }
  }

  void walk(const Json& value, const std::string& key) {
    if (value.is_string()) add(key, value.get<std::string>());
    if (value.is_array())
      for (const Json& element : value) walk(element, key);
    if (!value.is_object()) return;
    for (const auto& [name, element] : value.items()) {
      if (key == "mix")
        for (const char* word : {"request", "job"}) add(word, name);
      walk(element, name);
    }
  }

  const std::set<std::string>& paths_;
  std::vector<std::string> found_;
};

std::string size_text(const std::string& name, const std::string& value) {
  if (name == "rate" || name == "pool_mode") return value;
  if (value.size() > 1 && (value[0] == '[' || value[0] == '{')) return name + " vary";
  return name + " " + value;
}

/// Kind and sizes of every section, by path.
std::map<std::string, std::vector<std::string>> lines_of(const std::string& scenario, const ShownValues& others) {
  std::map<std::string, std::map<std::string, std::string>> values;
  for (const Setting& setting : settings(scenario)) values[setting.section][setting.name] = setting.value;
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& [path, settings_of] : values) {
    const Drawn* drawn = drawn_as(word_of_path(path));
    if (drawn == nullptr) continue;
    std::vector<std::string>& lines = all[path];
    const auto value = [&](const std::string& name) {
      const auto other = others.find(path + "." + name);
      if (other != others.end()) return other->second;
      const auto found = settings_of.find(name);
      return found == settings_of.end() ? std::string() : found->second;
    };
    if (const std::string kind = value("kind"); !kind.empty()) lines.push_back(kind);
    for (const char* name : drawn->sizes) {
      const std::string text = value(name);
      const bool trivial = text.empty() || (std::string_view(name) == "instances" && text == "1");
      if (!trivial && lines.size() < most_lines) lines.push_back(elided(size_text(name, text), longest_line));
    }
  }
  return all;
}

/// Follows names through what is not drawn.
struct Ways {
  std::map<std::string, std::vector<std::string>> names;  ///< by section, what it names

  /// What is drawn and reached from a section without passing anything else that is.
  std::vector<std::string> from(const std::string& path) const {
    std::vector<std::string> reached, open = {path};
    std::set<std::string> seen = {path};
    while (!open.empty()) {
      const std::string at = open.back();
      open.pop_back();
      for (const std::string& next : names.at(at)) {
        if (!seen.insert(next).second) continue;
        (drawn_as(word_of_path(next)) ? reached : open).push_back(next);
      }
    }
    return reached;
  }
};

Ways ways_of(const Json& scenario, std::vector<std::string>& order) {
  std::set<std::string> paths;
  for (const auto& [word, sections] : scenario.items())
    if (sections.is_object() && word != "scenario")
      for (const auto& [name, section] : sections.items())
        if (section.is_object()) {
          order.push_back(word + "." + name);
          paths.insert(order.back());
        }
  Ways ways;
  Names names(paths);
  for (const std::string& path : order) {
    const std::string word = word_of_path(path);
    ways.names[path] = names.in(scenario.at(word).at(path.substr(word.size() + 1)));
  }
  return ways;
}

}  // namespace

Simulated simulated(const std::string& canonical_scenario, const ShownValues& others) {
  Simulated what;
  const Json scenario = json_or_discarded<Json>(canonical_scenario);
  if (!scenario.is_object()) return what;
  std::vector<std::string> order;
  const Ways ways = ways_of(scenario, order);
  const auto lines = lines_of(canonical_scenario, others);
  std::map<std::string, std::size_t> number;
  for (int column = 0; column <= 4; ++column)
    for (const Drawn& drawn : drawn_words())
      for (const std::string& path : order) {
        const std::string word = word_of_path(path);
        if (drawn.column != column || word != drawn.word) continue;
        const auto said = lines.find(path);
        number[path] = what.boxes.size();
        what.boxes.push_back({path, word, path.substr(word.size() + 1), column,
                              said == lines.end() ? std::vector<std::string>{} : said->second});
      }
  std::set<std::pair<std::size_t, std::size_t>> links;
  const auto link = [&](const std::string& from, const std::string& to) {
    if (from != to && number.contains(from) && number.contains(to)) links.emplace(number[from], number[to]);
  };
  // A request goes through its service's front first, and what it needs stands behind the last of these.
  for (const auto& [path, named] : ways.names) {
    if (word_of_path(path) == "request" || word_of_path(path) == "job" || !number.contains(path)) continue;
    for (const std::string& to : ways.from(path)) link(path, to);
  }
  for (const auto& [path, named] : ways.names) {
    if (word_of_path(path) != "request") continue;
    std::string front;
    const std::vector<std::string> reached = ways.from(path);
    for (const std::string& to : reached)
      if (number.contains(to) && what.boxes[number[to]].column == 1) front = to;
    if (front.empty()) continue;
    for (const std::string& to : reached)
      if (number.contains(to) && what.boxes[number[to]].column > 1) link(front, to);
  }
  // What a load reaches through a front is not drawn past it as well.
  const auto has = [&](std::size_t from, std::size_t to) { return links.contains({from, to}); };
  for (const auto& [from, to] : links) {
    bool around = false;
    for (std::size_t front = 0; front < what.boxes.size() && what.boxes[from].column == 0; ++front)
      around = around || (what.boxes[front].column == 1 && has(from, front) && has(front, to));
    if (!around) what.links.emplace_back(from, to);
  }
  return what;
}

std::string in_words(const Simulated& what) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < what.boxes.size(); ++i) {
    const SimulatedBox& box = what.boxes[i];
    std::vector<std::string> to;
    for (const auto& [from, target] : what.links)
      if (from == i) to.push_back(what.boxes[target].word + " " + what.boxes[target].name);
    parts.push_back(fmt::format("{} {}{}{}{}", box.word, box.name, box.lines.empty() ? "" : " (",
                                fmt::join(box.lines, ", "), box.lines.empty() ? "" : ")") +
                    (to.empty() ? "" : fmt::format(" to {}", fmt::join(to, " and "))));
  }
  return fmt::format("Simulated: {}.", fmt::join(parts, "; "));
}

}  // namespace capplan::plan
