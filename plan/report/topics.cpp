#include "plan/report/topics.h"

#include "plan/report/tables.h"

namespace capplan::plan {

// One line a topic: the function that makes it. What is measured (figures) belongs here too, once it has a registry.
#define CAPPLAN_TOPICS(ENTRY) \
  ENTRY(errors_topic)         \
  ENTRY(warnings_topic)       \
  ENTRY(slo_topic)            \
  ENTRY(sweep_topic)          \
  ENTRY(distributions_topic)  \
  ENTRY(presets_topic)        \
  ENTRY(formats_topic)        \
  ENTRY(answers_topic)

#define DECLARE(function) Topic function();
CAPPLAN_TOPICS(DECLARE)
#undef DECLARE

const std::vector<Topic>& topics() {
#define LIST(function) function(),
  static const std::vector<Topic> all = {CAPPLAN_TOPICS(LIST)};
#undef LIST
  return all;
}

const Topic* find_topic(const std::string& name) {
  for (const Topic& topic : topics())
    if (topic.name == name) return &topic;
  return nullptr;
}

std::string topic_text(const Topic& topic, std::size_t width) {
  return text_table(topic.content, {.width = static_cast<int>(width)});
}

std::string topic_markdown(const Topic& topic) {
  const Report& content = topic.content;
  std::string text =
      "# " + content.headline + "\n\nWritten by `capplan describe " + topic.name + " --markdown`; do not edit.\n";
  if (!content.setting.empty()) text += "\n" + content.setting + "\n";
  for (const Block& block : content.blocks) {
    text += "\n";
    if (!block.title.empty()) text += "## " + block.title + "\n\n";
    if (block.grid) text += block.grid->markdown();
    if (block.grid && !(block.sentences.empty() && block.code.empty())) text += "\n";
    for (const std::string& sentence : block.sentences)
      text += (&sentence == &block.sentences.front() ? "" : "\n") + sentence + "\n";
    if (block.code.empty()) continue;
    text += (block.sentences.empty() ? "" : "\n") + std::string("```toml\n");
    for (const std::string& line : block.code) text += line + "\n";
    text += "```\n";
  }
  return text;
}

}  // namespace capplan::plan
