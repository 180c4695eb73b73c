// capplan completion SHELL: the script that teaches a shell to complete the program's command lines.

#include "cli/completion_text.h"
#include "cli/help_text.h"
#include "cli/verbs.h"

namespace capplan::cli {

namespace {

ExitStatus run(const std::string& shell, const CLI::App& app, Session& session) {
  session.out << (shell == "bash" ? bash_completion(app) : shell == "zsh" ? zsh_completion(app) : fish_completion(app));
  return ExitStatus::done;
}

}  // namespace

void add_completion(CLI::App& app, Session& session) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", "write the script that completes command lines in a shell");
  verb->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(one_of({"bash", "zsh", "fish"}));
  verb->footer(footer({{"source <(capplan completion bash)", "in this shell; zsh the same"},
                       {"capplan completion fish > ~/.config/fish/completions/capplan.fish", "in every new one"}},
                      {ExitStatus::done, ExitStatus::failed, ExitStatus::bad_input}));
  verb->callback(
      [shell, &app, &session] { session.job = [shell, &app, &session] { return run(*shell, app, session); }; });
}

}  // namespace capplan::cli
