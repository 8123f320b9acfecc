// SPDX-License-Identifier: Apache-2.0
// catdog man: the manual page, in the language of man(7).
#include <spdlog/fmt/fmt.h>

#include "catdog/cli/commands.hpp"
#include "catdog/cli/exit_codes.hpp"
#include "catdog/cli/standard_output.hpp"
#include "catdog/version.hpp"
#include "command_tree.hpp"

namespace catdog {
namespace {

// The code point of the UTF-8 character that begins at `begin`, which is moved to the next.
unsigned next_character(const std::string& text, size_t& begin) {
  const auto byte = static_cast<unsigned char>(text[begin++]);
  if (byte < 0x80) return byte;
  unsigned point = byte & (byte >= 0xF0 ? 0x07 : byte >= 0xE0 ? 0x0F : 0x1F);
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) {
    point = point << 6 | (static_cast<unsigned char>(text[begin++]) & 0x3F);
  }
  return point;
}

// Text as roff takes it: its own characters and those outside ASCII escaped, no line begins with a
// control character. A minus is one that can be copied to a command line.
std::string roff(const std::string& text) {
  std::string result = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (size_t i = 0; i < text.size();) {
    switch (const unsigned point = next_character(text, i)) {
      case '\\': result += "\\e"; break;
      case '-': result += "\\-"; break;
      case '\'': result += "\\(aq"; break;
      case '`': result += "\\(ga"; break;
      case '^': result += "\\(ha"; break;
      case '~': result += "\\(ti"; break;
      case '"': result += "\\(dq"; break;
      default:
        result += point < 0x80 ? std::string(1, static_cast<char>(point))
                               : fmt::format("\\[u{:04X}]", point);
    }
  }
  return result;
}

std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + roff(text) + "\\fR"; }

// Flags and positionals alike: what they are called, then what they are for.
std::string paragraph_of(const Argument& argument) {
  std::string names;
  const bool is_flag = argument.names[0].starts_with('-');
  for (const std::string& name : argument.names) {
    names += (names.empty() ? "" : ", ") + (is_flag ? bold(name) : italic(name));
  }
  if (argument.takes_value && is_flag) {
    names += " " + italic(argument.type.empty() ? "VALUE" : argument.type);
  }
  if (argument.repeats) names += " ...";
  std::string text = ".TP\n" + names + "\n" + roff(argument.help);
  if (argument.required && is_flag) text += "; required";
  if (!argument.default_value.empty()) text += "; default: " + roff(argument.default_value);
  return text + "\n";
}

std::string synopsis_of(const Command& command) {
  std::string text = bold("catdog " + command.name);
  for (const Argument& flag : command.flags) {
    if (flag.required) text += " " + bold(flag.names.back()) + " " + italic(flag.type);
  }
  text += " [" + italic("options") + "]";
  for (const Argument& positional : command.positionals) {
    const std::string name = italic(positional.names[0]) + (positional.repeats ? " ..." : "");
    text += " " + (positional.required ? name : "[" + name + "]");
  }
  return text;
}

std::string section_of(const Command& command) {
  std::string text = fmt::format(".SS {}\n{}\n.PP\n{}.\n", roff(command.name), synopsis_of(command),
                                 roff(command.help));
  for (const Argument& positional : command.positionals) text += paragraph_of(positional);
  for (const Argument& flag : command.flags) text += paragraph_of(flag);
  if (command.examples.empty()) return text;
  text += ".PP\nExamples:\n.PP\n.RS 4\n.nf\n";
  for (const std::string& line : command.examples) text += roff(line) + "\n";
  return text + ".fi\n.RE\n";
}

std::string page_of(const std::vector<Command>& commands) {
  const Command& program = commands[0];
  std::string text = fmt::format(
      ".TH CATDOG 1 {} \"catdog {}\" \"User Commands\"\n.ad l\n.SH NAME\ncatdog \\- {}\n"
      ".SH SYNOPSIS\n{} {} [{}]\n.br\n{} {}\n.SH DESCRIPTION\n{}\n.PP\n"
      "Results go to standard output, everything else to standard error.\n.SH OPTIONS\n",
      kDate, kVersion, roff("trains, judges and uses a small image classifier"), bold("catdog"),
      italic("COMMAND"), italic("arguments"), bold("catdog"),
      italic("COMMAND") + " " + bold("--help"), roff(program.help));
  for (const Argument& flag : program.flags) text += paragraph_of(flag);
  text += ".SH COMMANDS\n";
  for (size_t i = 1; i < commands.size(); ++i) text += section_of(commands[i]);
  text += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : exit_codes()) {
    text += fmt::format(".TP\n{}\n{}\n", bold(code), roff(meaning));
  }
  return text;
}

}  // namespace

void setup_man(CLI::App& program) {
  CLI::App* command = program.add_subcommand("man", "Print the manual page, for man");
  add_examples(*command,
               {{"read it", "catdog man | man -l -"}, {"keep it", "catdog man > catdog.1"}});
  command->callback([&program] { run_man(program); });
}

void run_man(const CLI::App& program) { print_data(page_of(read_commands(program))); }

}  // namespace catdog
