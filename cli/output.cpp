#include "cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "cli/help_text.h"
#include "cli/simulation_flags.h"
#include "cli/version.h"
#include "core/error.h"

namespace capplan::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* extensions = ".html .txt .json .csv .md";

/// Where the bytes of a path end up, links followed.
fs::path destination(const std::string& path) {
  std::error_code failure;
  const fs::path real = fs::weakly_canonical(path, failure);
  return failure ? fs::path(path) : real;
}

/// Flags that change nothing of an answer: how loud, how fast, where to. After those of the second list stands a word.
const std::set<std::string> silent_flags = {"-q", "--quiet", "-v", "--verbose"};
const std::set<std::string> silent_options = {"-o", "--output", "--format",    "--color", "--progress",
                                              "-j", "--jobs",   "--processes", "--title", "--note"};

/// The command as typed, without these, so that the same answer has the same page.
std::string page_command(const std::vector<std::string>& typed) {
  std::string text = "capplan";
  for (std::size_t i = 1; i < typed.size(); ++i) {
    const std::string& word = typed[i];
    const bool joined = word.size() > 2 && (word.starts_with("-j") || word.starts_with("-o"));
    if (silent_options.contains(word)) ++i;
    if (silent_flags.contains(word) || silent_options.contains(word.substr(0, word.find('='))) || joined) continue;
    text += " " + shell_word(word);
  }
  return text;
}

/// A page that was read keeps what it says; flags come before it.
plan::PageOptions of_both(plan::PageOptions asked, const plan::PageOptions& kept) {
  if (kept.empty()) return asked;
  if (asked.title.empty()) asked.title = kept.title;
  if (asked.note.empty()) asked.note = kept.note;
  asked.command = kept.command;
  asked.version = kept.version;
  return asked;
}

bool is_special(const fs::path& path) {
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  return fs::exists(status) && !fs::is_regular_file(status);
}

}  // namespace

void OutputFlags::add_to(CLI::App& verb) {
  verb.add_option("-o,--output", files,
                  "write FILE in place of standard output, in the format of its extension: " + std::string(extensions) +
                      "; repeatable; - is standard output")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group("Output");
  verb.add_option("--format", format, "format of standard output: table, json, csv, markdown or html (default: table)")
      ->type_name("FORMAT")
      ->check(one_of({"table", "json", "csv", "markdown", "html"}))
      ->group("Output");
  add_page_flags(verb, title, note);
  verb.add_option("--color", color, "auto, always or never; auto: on a terminal, unless NO_COLOR is set")
      ->type_name("WHEN")
      ->check(one_of({"auto", "always", "never"}))
      ->default_str("auto")
      ->group("Output");
  verb.add_option("--progress", progress, "auto, always or never; auto: unless -q")
      ->type_name("WHEN")
      ->check(one_of({"auto", "always", "never"}))
      ->default_str("auto")
      ->group("Messages");
  verb.add_flag("-q,--quiet", quiet, "say nothing but results and errors")->group("Messages");
  verb.add_flag("-v,--verbose", verbose, "say how long it took")->group("Messages");
}

void add_page_flags(CLI::App& verb, std::string& title, std::string& note) {
  verb.add_option("--title", title, "title of a page, in place of the answer's name")
      ->type_name("TEXT")
      ->group("Output");
  verb.add_option("--note", note, "a note that a page shows below its title")->type_name("TEXT")->group("Output");
}

plan::PageOptions page_options(const std::string& title, const std::string& note, const Session& session) {
  return {title, note, page_command(session.command), version_text()};
}

void OutputFlags::add_figures_to(CLI::App& verb) {
  verb.add_option(
          "--figures", figures,
          "figures to show in tables, markdown and CSV, in place of the usual ones: wait_p95,oom_kills; * is any "
          "text; capplan describe figures lists them")
      ->type_name("NAME,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group("Output");
}

Outputs::Outputs(const OutputFlags& flags, Session& session) : out_(session.out), quiet_(flags.quiet) {
  const Terminal terminal = terminal_of(out_);
  in_files_.figures = plan::FigureChoice(flags.figures);
  in_files_.page = page_options(flags.title, flags.note, session);
  on_stdout_ = {terminal.width, colored(when(flags.color), terminal), in_files_.figures, in_files_.page};
  const Format asked = plan::format_of_word(flags.format).value_or(Format::table);
  std::vector<core::Problem> problems;
  if (flags.files.empty()) targets_.push_back({"", asked});
  for (const std::string& file : flags.files) {
    if (file == "-") {
      targets_.push_back({"", asked});
      continue;
    }
    const auto known = plan::format_of_extension(fs::path(file).extension().string());
    if (!known && flags.format.empty())
      problems.push_back({{"--output"},
                          "",
                          fmt::format("\"{}\" has none of the extensions {}", file, extensions),
                          "name the format with --format"});
    else if (const std::string why = unwritable(file); !why.empty())
      problems.push_back({{"--output"}, "", fmt::format("{} cannot be written: {}", file, why), ""});
    targets_.push_back({file, known.value_or(asked)});
  }
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

bool Outputs::table_on_stdout() const {
  for (const Target& target : targets_)
    if (target.file.empty() && target.format == Format::table) return true;
  return false;
}

std::vector<std::string> Outputs::write(const plan::Answer& answer) const {
  std::vector<std::string> files;
  const auto with_page = [&](plan::TableOptions options) {
    options.page = of_both(options.page, answer.page);
    return options;
  };
  for (const Target& target : targets_) {
    if (target.file.empty()) {
      out_ << answer.text(target.format, with_page(on_stdout_));
      continue;
    }
    write_file(target.file, answer.text(target.format, with_page(in_files_)));
    files.push_back(target.file);
  }
  return files;
}

void Outputs::said_of(const std::vector<std::string>& files, std::ostream& err) const {
  for (const std::string& file : files)
    if (!quiet_) err << "wrote " << file << "\n";
}

void keep_apart(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  std::vector<core::Problem> problems;
  std::error_code failure;
  for (const std::string& input : inputs)
    for (const std::string& output : outputs)
      if (fs::equivalent(input, output, failure) && !is_special(output))
        problems.push_back({{input}, "", "is the file to write, too", "name another with -o"});
  if (!problems.empty()) throw core::InputError(std::move(problems));
}

std::string unwritable(const std::string& path) {
  if (path.empty()) return "it has no name";
  const fs::path file = destination(path);
  std::error_code failure;
  if (fs::is_directory(file, failure)) return "it is a folder";
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, failure)) return fmt::format("there is no folder {}", folder.string());
  const fs::path& asked = is_special(file) ? file : folder;
  if (access(asked.c_str(), W_OK) != 0) return std::strerror(errno);
  return {};
}

void write_file(const std::string& path, const std::string& text) {
  const fs::path file = destination(path);
  const bool direct = is_special(file);  // a device or a pipe is written to, never replaced
  const fs::path fresh = direct ? file : fs::path(fmt::format("{}.{}.part", file.string(), getpid()));
  std::ofstream stream(fresh, std::ios::binary);
  stream << text;
  stream.close();
  std::error_code failure;
  if (stream && !direct) fs::rename(fresh, file, failure);
  if (stream && !failure) return;
  const bool full = failure ? failure == std::errc::no_space_on_device : errno == ENOSPC;
  const std::string why = failure ? failure.message() : std::strerror(errno);
  std::error_code ignored;
  if (!direct) fs::remove(fresh, ignored);
  throw std::runtime_error(fmt::format(
      "{} cannot be written: {}{}", path, why,
      full ? "; free some space, or name a file elsewhere with -o; finished points are in their store" : ""));
}

}  // namespace capplan::cli
