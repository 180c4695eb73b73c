// Sources: the Bash Reference Manual, "Programmable Completion"; zshcompsys(1), _arguments; fish(1), complete.
// Limits: a scenario file is recognised by its extension, .toml, and a key is completed up to its "=".

#include "cli/completion_text.h"

#include <fmt/format.h>

#include "cli/help_text.h"
#include "plan/report/describe_text.h"
#include "plan/report/figures_text.h"

namespace capplan::cli {

namespace {

/// What may stand in a place of a command line.
enum class Wanted { nothing, text, file, key, word };

struct Place {
  std::vector<std::string> shorts;  ///< "o"; none for an argument
  std::vector<std::string> longs;   ///< "output"
  std::string help;
  std::string type;
  Wanted wanted = Wanted::nothing;
  std::vector<std::string> words;
  bool repeats = false;

  /// "-o", "--output".
  std::vector<std::string> spellings() const {
    std::vector<std::string> all;
    for (const std::string& name : shorts) all.push_back("-" + name);
    for (const std::string& name : longs) all.push_back("--" + name);
    return all;
  }
};

struct Verb {
  std::string name;
  std::string help;
  std::vector<Place> arguments;
  std::vector<Place> flags;
};

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : verbs_of(app)) names.push_back(verb->get_name());
  return names;
}

Place place_of(const CLI::Option& option, const CLI::App& app) {
  Place place{.shorts = option.get_snames(),
              .longs = option.get_lnames(),
              .help = option.get_description(),
              .type = option.get_positional() ? option.get_name() : type_of(option),
              .words = words_of(option),
              .repeats = option.get_expected_max() > 1};
  if (place.type == "WHAT" && place.words.empty()) place.words = plan::describable();
  if (place.type == "PATTERN" || place.type == "NAME,...") place.words = plan::figure_words();
  if (place.type == "VERB") place.words = verb_names(app);
  place.wanted = !place.words.empty()                              ? Wanted::word
                 : place.type.empty()                              ? Wanted::nothing
                 : place.type.starts_with("KEY=")                  ? Wanted::key
                 : place.type == "FILE" || option.get_positional() ? Wanted::file
                                                                   : Wanted::text;
  return place;
}

std::vector<Verb> verbs(const CLI::App& app) {
  std::vector<Verb> result;
  for (const CLI::App* each : verbs_of(app)) {
    Verb verb{each->get_name(), each->get_description(), {}, {}};
    for (const CLI::Option* option : each->get_options())
      (option->get_positional() ? verb.arguments : verb.flags).push_back(place_of(*option, app));
    result.push_back(std::move(verb));
  }
  return result;
}

/// In single quotes; `escape` is what a quote within them becomes.
std::string quoted(const std::string& text, const char* escape) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? escape : std::string(1, c);
  return result + "'";
}

std::string reply(const std::vector<std::string>& words) {
  return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", fmt::join(words, " "));
}

/// What _arguments does with the value of a place: ":FILE:_files".
std::string zsh_action(const Place& place) {
  const std::string of = ":" + place.type + ":";
  switch (place.wanted) {
    case Wanted::nothing:
      return "";
    case Wanted::file:
      return of + "_files";
    case Wanted::key:
      return of + "_capplan_keys";
    case Wanted::word:
      return fmt::format("{}({})", of, fmt::join(place.words, " "));
    default:
      return of;
  }
}

std::string fish_action(const Place& place) {
  switch (place.wanted) {
    case Wanted::nothing:
      return "";
    case Wanted::file:
      return " -r -F";
    case Wanted::key:
      return " -x -a '(__capplan_keys)'";
    case Wanted::word:
      return fmt::format(" -x -a '{}'", fmt::join(place.words, " "));
    default:
      return " -x";
  }
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string text = R"(# Completion of capplan for bash, written by `capplan completion bash`.

# The keys that the first scenario file on the line has.
_capplan_keys() {
  local word
  for word in "${COMP_WORDS[@]:2}"; do
    [[ $word == *.toml ]] && "${COMP_WORDS[0]}" check "$word" --keys 2>/dev/null && return
  done
}

_capplan() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  [[ $prev == "=" ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
  [[ $cur == "=" ]] && cur=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    )" + reply(verb_names(app)) +
                     R"(
    return
  fi
  case ${COMP_WORDS[1]} in
)";
  for (const Verb& verb : verbs(app)) {
    text += "    " + verb.name + ")\n      case $prev in\n";
    std::vector<std::string> names;
    for (const Place& flag : verb.flags) {
      const std::vector<std::string> spellings = flag.spellings();
      names.insert(names.end(), spellings.begin(), spellings.end());
      const std::string arm = fmt::format("        {}) ", fmt::join(spellings, "|"));
      if (flag.wanted == Wanted::word) text += arm + reply(flag.words) + "; return ;;\n";
      if (flag.wanted == Wanted::key)
        text += arm +
                "compopt -o nospace\n          COMPREPLY=($(compgen -S = -W \"$(_capplan_keys)\" -- \"$cur\")); return "
                ";;\n";
      if (flag.wanted == Wanted::file || flag.wanted == Wanted::text) text += arm + "return ;;\n";
    }
    text += "      esac\n";
    std::vector<std::string> words;
    for (const Place& argument : verb.arguments)
      words.insert(words.end(), argument.words.begin(), argument.words.end());
    if (!words.empty()) text += "      " + reply(words) + "\n";
    text += "      [[ $cur == -* ]] && " + reply(names) + "\n      ;;\n";
  }
  return text + "  esac\n}\n\ncomplete -o default -F _capplan capplan\n";
}

std::string zsh_completion(const CLI::App& app) {
  const auto quote = [](const std::string& words) { return quoted(words, "'\\''"); };
  std::string text = R"zsh(#compdef capplan
# Completion of capplan for zsh, written by `capplan completion zsh`.

# The keys that the first scenario file on the line has.
_capplan_keys() {
  local file=${words[(r)*.toml]}
  [[ -n $file ]] && compadd -S = -- ${(f)"$($words[1] check $file --keys 2>/dev/null)"}
}

_capplan() {
  local -a verbs=(
)zsh";
  for (const Verb& verb : verbs(app)) text += "    " + quote(verb.name + ":" + verb.help) + "\n";
  text += "  )\n  if (( CURRENT == 2 )); then\n    _describe verb verbs\n    return\n  fi\n  case $words[2] in\n";
  for (const Verb& verb : verbs(app)) {
    text += "    " + verb.name + ")\n      _arguments \\\n        '1: :'";
    std::size_t number = 1;
    for (const Place& argument : verb.arguments)
      text += " \\\n        " + quote((argument.repeats ? "*" : std::to_string(++number)) + zsh_action(argument));
    for (const Place& flag : verb.flags) {
      const bool takes_value = flag.wanted != Wanted::nothing;
      const std::string rest = "[" + flag.help + "]" + zsh_action(flag);
      for (const std::string& name : flag.shorts) text += " \\\n        " + quote("*-" + name + rest);
      for (const std::string& name : flag.longs)
        text += " \\\n        " + quote("*--" + name + (takes_value ? "=" : "") + rest);
    }
    text += "\n      ;;\n";
  }
  return text + R"(  esac
}

if [[ $funcstack[1] == _capplan ]]; then
  _capplan "$@"
else
  compdef _capplan capplan
fi
)";
}

std::string fish_completion(const CLI::App& app) {
  const auto quote = [](const std::string& words) { return quoted(words, "\\'"); };
  std::string text = R"(# Completion of capplan for fish, written by `capplan completion fish`.

# The keys that the first scenario file on the line has.
function __capplan_keys
    set -l file (commandline -opc | string match -- '*.toml')
    test -n "$file[1]"; and capplan check $file[1] --keys 2>/dev/null | string replace -r '$' '='
end

)";
  for (const Verb& verb : verbs(app))
    text += fmt::format("complete -c capplan -n __fish_use_subcommand -f -a {} -d {}\n", verb.name, quote(verb.help));
  for (const Verb& verb : verbs(app)) {
    const std::string begin = fmt::format("complete -c capplan -n '__fish_seen_subcommand_from {}'", verb.name);
    text += "\n";
    for (const Place& argument : verb.arguments)
      if (argument.wanted == Wanted::word)
        text += fmt::format("{} -f -a '{}'\n", begin, fmt::join(argument.words, " "));
    for (const Place& flag : verb.flags) {
      text += begin;
      for (const std::string& name : flag.shorts) text += " -s " + name;
      for (const std::string& name : flag.longs) text += " -l " + name;
      text += fish_action(flag) + " -d " + quote(flag.help) + "\n";
    }
  }
  return text;
}

}  // namespace capplan::cli
