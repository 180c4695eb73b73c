#include "cli/help_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "plan/format/text_layout.h"

namespace capplan::cli {

namespace {

constexpr std::size_t width = 80;
constexpr std::size_t widest_names = 26;

/// "-o, --output FILE"; of an argument its name.
std::string names_of(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name() + (option.get_expected_max() > 1 ? "..." : "");
  std::string names;
  for (const std::string& name : option.get_snames()) names += (names.empty() ? "-" : ", -") + name;
  for (const std::string& name : option.get_lnames()) names += (names.empty() ? "--" : ", --") + name;
  const std::string type = type_of(option);
  return type.empty() ? names : names + " " + type;
}

std::string meaning_of(const CLI::Option& option) {
  std::string text = option.get_description();
  if (!option.get_default_str().empty()) text += fmt::format(" (default: {})", option.get_default_str());
  if (!option.get_envname().empty()) text += fmt::format(" [environment: {}]", option.get_envname());
  return text;
}

struct Group {
  std::string title;
  std::vector<const CLI::Option*> options;
};

/// The arguments, then the flags by group, in the order they were added; help itself last.
std::vector<Group> groups_of(const CLI::App& app) {
  std::vector<Group> groups;
  const auto add = [&](const std::string& title, const CLI::Option* option) {
    auto found = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.title == title; });
    if (found == groups.end()) found = groups.insert(groups.end(), {title, {}});
    found->options.push_back(option);
  };
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional()) add("Arguments", option);
  std::vector<const CLI::Option*> last;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) continue;
    if (option->get_group() == "Options")
      last.push_back(option);
    else
      add(option->get_group(), option);
  }
  for (const CLI::Option* option : last) add("Other", option);
  return groups;
}

std::string usage(const CLI::App& app, const std::string& name) {
  std::string text = name;
  if (!verbs_of(app).empty()) return text + " VERB [ARGUMENTS] [FLAGS]";
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional())
      text += option->get_required() ? " " + names_of(*option) : " [" + names_of(*option) + "]";
  for (const CLI::Option* option : app.get_options())
    if (!option->get_positional() && option->get_required()) text += " " + names_of(*option);
  return text + " [FLAGS]";
}

/// Names on the left, meanings wrapped on the right.
std::string rows(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::size_t widest = 0;
  for (const auto& [name, meaning] : entries) widest = std::max(widest, std::min(name.size(), widest_names));
  std::string text;
  for (const auto& [name, meaning] : entries) {
    std::string line = "  " + name;
    const std::size_t indent = widest + 4;
    if (name.size() > widest)
      line += "\n" + std::string(indent, ' ');
    else
      line += std::string(indent - line.size(), ' ');
    text += line + plan::paragraph(meaning, width, indent);
  }
  return text;
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() ? app.get_parent()->get_name() + " " + app.get_name() : app.get_name();
}

/// Text as roff reads it: hyphens can be copied, no line is a request.
std::string roff(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = i == 0 || text[i - 1] == '\n';
    if (begins && (text[i] == '.' || text[i] == '\'')) result += "\\&";
    result += text[i] == '\\' ? "\\e" : text[i] == '-' ? "\\-" : std::string(1, text[i]);
  }
  return result;
}

/// Arguments and flags as tagged paragraphs, then the examples and exit codes as they stand.
std::string man_options(const CLI::App& app) {
  std::string text;
  for (const Group& group : groups_of(app))
    for (const CLI::Option* option : group.options)
      text += ".TP\n.B " + roff(names_of(*option)) + "\n" + roff(meaning_of(*option)) + "\n";
  return text + ".PP\n.EX\n" + roff(app.get_footer()) + ".EE\n";
}

/// What a validator of `one_of` says of itself: "FORMAT:table json", where CLI11 appends it to the type.
constexpr char before_words = ':';

}  // namespace

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string type_of(const CLI::Option& option) {
  if (option.get_expected_max() == 0) return {};
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(before_words));
}

std::vector<std::string> words_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find(before_words);
  return begin == std::string::npos ? std::vector<std::string>{} : CLI::detail::split(type.substr(begin + 1), ' ');
}

std::string HelpLayout::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
  std::string text = plan::paragraph(app->get_description(), width) + "\nUsage: " + usage(*app, full_name(*app)) + "\n";
  const std::vector<const CLI::App*> verbs = verbs_of(*app);
  for (std::size_t from = 0; from < verbs.size();) {
    const std::string group = verbs[from]->get_group();
    std::vector<std::pair<std::string, std::string>> entries;
    for (; from < verbs.size() && verbs[from]->get_group() == group; ++from)
      entries.emplace_back(verbs[from]->get_name(), verbs[from]->get_description());
    text += "\n" + group + ":\n" + rows(entries);
  }
  for (const Group& group : groups_of(*app)) {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const CLI::Option* option : group.options) entries.emplace_back(names_of(*option), meaning_of(*option));
    text += "\n" + group.title + ":\n" + rows(entries);
  }
  if (!app->get_footer().empty()) text += "\n" + app->get_footer();
  return text;
}

std::string footer(const std::vector<Example>& examples, const std::vector<ExitStatus>& statuses,
                   const std::vector<std::pair<ExitStatus, std::string>>& meanings) {
  std::string text = "Examples:\n";
  for (const Example& example : examples) text += fmt::format("  {}\n      {}\n", example.command, example.meaning);
  text += "\nExit codes:\n";
  const auto ends_with = [&](ExitStatus status) {
    return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
  };
  for (const auto& [status, meaning] : exit_meanings) {
    const bool plain = status == ExitStatus::done && !ends_with(ExitStatus::missed);  // no SLO decides
    std::string said = plain ? "done" : meaning;
    for (const auto& [of, own] : meanings)
      if (of == status) said = own;
    if (ends_with(status)) text += fmt::format("  {:>3}  {}\n", static_cast<int>(status), said);
  }
  return text;
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  return {[words](std::string& word) -> std::string {
            if (std::find(words.begin(), words.end(), word) != words.end()) return {};
            const std::string near = core::nearest(word, words);
            return fmt::format("\"{}\" is none of {}{}", word, fmt::join(words, ", "),
                               near.empty() ? "" : "; did you mean " + near + "?");
          },
          fmt::format("{}", fmt::join(words, " "))};
}

std::string help_markdown(const CLI::App& app) {
  std::string text = "# The command line\n\nWritten by `capplan help --markdown`; do not edit.\n\n```text\n" +
                     app.get_formatter()->make_help(&app, "", CLI::AppFormatMode::Normal) + "```\n";
  for (const CLI::App* verb : verbs_of(app)) {
    text += "\n## capplan " + verb->get_name() + "\n\n" + verb->get_description() + "\n\n```sh\n" +
            usage(*verb, full_name(*verb)) + "\n```\n\n";
    plan::Grid grid({{"Argument or flag", true}, {"Meaning", true}, {"Default", true}});
    for (const Group& group : groups_of(*verb))
      for (const CLI::Option* option : group.options) {
        std::string meaning = option->get_description();
        if (!option->get_envname().empty()) meaning += "; from the environment: `" + option->get_envname() + "`";
        const std::string fallback = option->get_default_str();
        grid.add({{"`" + names_of(*option) + "`"}, {meaning}, {fallback.empty() ? "" : "`" + fallback + "`"}});
      }
    text += grid.markdown() + "\n```text\n" + verb->get_footer() + "```\n";
  }
  return text;
}

std::string help_man(const CLI::App& app, const std::string& version) {
  const std::string name = app.get_name();
  std::string text = ".\\\" Written by `capplan help --man`.\n.TH CAPPLAN 1 \"\" \"" + version + "\"\n.SH NAME\n" +
                     name + " \\- " + roff(app.get_description()) + "\n.SH SYNOPSIS\n" + roff(usage(app, name)) +
                     "\n.SH OPTIONS\n" + man_options(app) + ".SH VERBS\n";
  for (const CLI::App* verb : verbs_of(app))
    text += ".SS " + roff(usage(*verb, full_name(*verb))) + "\n" + roff(verb->get_description()) + "\n" +
            man_options(*verb);
  return text;
}

}  // namespace capplan::cli
