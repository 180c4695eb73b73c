#include "cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/help_text.h"
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

Outputs::Outputs(const OutputFlags& flags, std::ostream& out) : out_(out), quiet_(flags.quiet) {
  const Terminal terminal = terminal_of(out);
  in_files_.figures = plan::FigureChoice(flags.figures);
  on_stdout_ = {terminal.width, colored(when(flags.color), terminal), in_files_.figures};
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
  for (const Target& target : targets_) {
    if (target.file.empty()) {
      out_ << answer(target.format, on_stdout_);
      continue;
    }
    write_file(target.file, answer(target.format, in_files_));
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
