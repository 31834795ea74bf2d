#include "runtime/config/help.hpp"

#include <fmt/format.h>

#include "runtime/config/sources.hpp"

namespace scaleops::config {

namespace {

std::string usage_of(const option& o) {
  if (o.positional)
    return o.required ? o.name + "…" : "[" + o.name + "…]";
  return fmt::format("--{}{}{}{}", o.name, o.form.empty() ? "" : " ", o.form, o.many ? "…" : "");
}

std::string usage_line(const command& of) {
  std::string line = "scaleops " + of.name;
  for (auto& o : of.options)
    if (o.required && !o.positional)
      line += " " + usage_of(o);
  if (!of.options.empty())
    line += " [OPTION…]";
  for (auto& o : of.options)
    if (o.positional)
      line += " " + usage_of(o);
  return line;
}

/// A table cell: a bar would end it.
std::string cell(const std::string& text) {
  std::string out;
  for (char c : text)
    out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string code(const std::string& text) {
  return text.empty() ? "" : "`" + cell(text) + "`";
}

const char* const preface = R"(# Configuration

This file is made from the program's own option tables (`make docs`); a test fails when it is out of date.

Every option can be given in three ways. What stands further left wins:

| command line | environment | YAML file (`--config FILE` or `SCALEOPS_CONFIG`) | default |
|---|---|---|---|
| `--speed 600` | `SCALEOPS_UP_SPEED=600`, else `SCALEOPS_SPEED=600` | `speed:` under `up:`, else at the top | in the tables below |

Several values: repeated or in a row on the command line, separated by commas in the environment, a list in the file.

```yaml
log-format: json       # for every command that has it
up:
  speed: 600
  traces: [a.csv.gz, b.csv.gz]
```

What is wrong is named in one line on standard error, and the exit code is 2: an unknown command, option or key with the
nearest right one, a wrong value with what is allowed, a mistake in the file with its line.
)";

}  // namespace

std::string overview(const std::vector<std::unique_ptr<entry>>& all) {
  std::string out =
    "scaleops: rightsizes the workloads of a Kubernetes cluster\n\nUsage: scaleops COMMAND "
    "[OPTION…]\n\n";
  for (auto& e : all)
    out += fmt::format("  {:<13} {}\n", e->description.name, e->description.summary);
  return out + "\nscaleops COMMAND --help tells the options of a command.\n";
}

std::string help_of(const command& of) {
  auto out = fmt::format("{}\n\nUsage: {}\n", of.summary, usage_line(of));
  for (auto& o : of.options) {
    out += fmt::format("\n  {}\n      {}\n", usage_of(o), o.help);
    if (!o.form.empty())
      out += fmt::format("      Takes {}.\n", o.range);
    if (!o.fallback.empty())
      out += fmt::format("      Default: {}\n", o.fallback);
    out += fmt::format("      Environment: {}\n", variable_name(of.name, o.name));
  }
  return out;
}

std::string reference(const std::vector<std::unique_ptr<entry>>& all) {
  std::string out = preface;
  for (auto& e : all) {
    auto& c = e->description;
    out += fmt::format("\n## {}\n\n{}\n\n    {}\n", c.name, c.summary, usage_line(c));
    if (c.options.empty())
      continue;
    out += "\n| option | what it is | takes | default |\n|---|---|---|---|\n";
    for (auto& o : c.options)
      out += fmt::format("| {} | {} | {} | {} |\n", code(usage_of(o)), cell(o.help),
                         o.form.empty() ? "a switch" : cell(o.range), code(o.fallback));
  }
  return out;
}

}  // namespace scaleops::config
