#pragma once
// Where results go: standard output in the format asked for, or the files of -o, each in the format of its extension.
// A file is written under another name first and then renamed, so that nobody ever reads half of one.

#include <CLI/CLI.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/progress.h"
#include "cli/session.h"
#include "plan/report/rendered.h"

namespace capplan::cli {

using plan::Format;

/// The flags that say what is written, and how much is said beside it.
struct OutputFlags {
  std::vector<std::string> files;
  std::string format;
  std::string color = "auto";
  std::string progress = "auto";
  bool quiet = false;
  bool verbose = false;
  std::vector<std::string> figures;  ///< of --figures; empty: the usual ones
  std::string title;                 ///< of pages
  std::string note;

  void add_to(CLI::App& verb);
  /// --figures, of an answer that holds figures.
  void add_figures_to(CLI::App& verb);
  bool shows_progress() const { return progress == "always" || (progress == "auto" && !quiet); }
};

/// --title and --note.
void add_page_flags(CLI::App& verb, std::string& title, std::string& note);

/// What a page says besides the answer: these, the command, and the program's version.
plan::PageOptions page_options(const std::string& title, const std::string& note, const Session& session);

class Outputs {
 public:
  /// Throws core::InputError for a file of no known format, or one that cannot be written.
  Outputs(const OutputFlags& flags, Session& session);

  /// Whether people read what goes to standard output.
  bool table_on_stdout() const;

  /// Writes everything, on a page what a page that was read says of itself; returns the names of the files. Throws
  /// std::runtime_error for what cannot be written.
  std::vector<std::string> write(const plan::Answer& answer) const;
  /// The same of an answer of any kind.
  template <class Kind>
  std::vector<std::string> write_as(const Kind& answer) const {
    return write(plan::Answer{
        [&](Format format, const plan::TableOptions& table) { return plan::rendered(answer, format, table); }, {}});
  }
  /// The same, and says on `err` which files it wrote, unless it is to be quiet.
  template <class Kind>
  void publish(const Kind& answer, std::ostream& err) const {
    said_of(write_as(answer), err);
  }
  /// "wrote FILE" for each, unless it is to be quiet.
  void said_of(const std::vector<std::string>& files, std::ostream& err) const;

 private:
  struct Target {
    std::string file;  ///< empty: standard output
    Format format = Format::table;
  };

  std::ostream& out_;
  bool quiet_ = false;
  plan::TableOptions on_stdout_, in_files_;
  std::vector<Target> targets_;
};

/// Writes a file as a whole, as described above. Throws std::runtime_error.
void write_file(const std::string& path, const std::string& text);

/// Throws core::InputError if one of `outputs` is one of the `inputs`: what was read is not to be replaced by what was
/// made of it.
void keep_apart(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

/// Why a file cannot be written, as far as that can be told beforehand; empty if it seems it can.
std::string unwritable(const std::string& path);

}  // namespace capplan::cli
