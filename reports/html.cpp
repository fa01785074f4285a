// The HTML report: the template with its parts put in.
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"
#include "reports/assets.hpp"
#include "reports/escape.hpp"
#include "reports/page.hpp"
#include "reports/report.hpp"
#include "reports/wording.hpp"

namespace eris::reports {

namespace {

using Parts = std::map<std::string, std::string, std::less<>>;

/// Replaces each {{name}} by its part, in one pass: what a part holds is never looked at again, so
/// that a value of "{{data}}" stays what it is.
std::string fill(std::string_view page, const Parts& parts) {
  std::string result;
  while (true) {
    const std::size_t open = page.find("{{");
    result += page.substr(0, open);
    if (open == std::string_view::npos) return result;
    const std::size_t close = page.find("}}", open);
    ERIS_ASSERT(close != std::string_view::npos, "every {{ of the template has its }}");
    const auto part = parts.find(page.substr(open + 2, close - open - 2));
    ERIS_ASSERT(part != parts.end(), "every name in the template has its part");
    result += part->second;
    page.remove_prefix(close + 2);
  }
}

std::string provenance(const model::History& history, const Summary& summary) {
  const model::Plan& plan = history.header.plan;
  std::string text =
      fmt::format("{} with {} · workload {} · {} engine · seed {} · lasted {}", plan.system.name,
                  base::count_of(plan.nodes, "node"), plan.workload.name, plan.engine, plan.seed,
                  base::to_rounded_text(summary.end));
  if (!history.header.started.empty()) text += " · started " + history.header.started;
  return escape_html(text);
}

std::string remarks(const Summary& summary) {
  if (summary.remarks.empty()) return "";
  std::string text = "<ul class=\"remarks\">";
  for (const std::string& remark : summary.remarks) text += "<li>" + escape_html(remark) + "</li>";
  return text + "</ul>";
}

std::string contents(const Summary& summary) {
  std::string text;
  const auto link = [&](std::string_view id, std::string_view name) {
    text += fmt::format("<a href=\"#{}\">{}</a>", id, name);
  };
  if (!summary.findings.empty()) link("findings", "Findings");
  if (!summary.story.empty()) link("story", "Story");
  link("timeline", "Timeline");
  link("charts", "Latency");
  link("faults", "Faults");
  link("cluster", "Cluster");
  link("checks", "Checks");
  link("run", "Plan");
  link("reproduce", "Reproduce");
  return text;
}

std::string version_of(const model::History& history) {
  const model::Value* version = find(history.header.versions, "eris");
  return version == nullptr ? "" : escape_html(key_text(*version));
}

Parts parts_of(const ReportInput& input, const Summary& summary) {
  const std::string verdict{to_text(summary.verdict)};
  return {{"title", escape_html(verdict + " · " + input.history.header.plan.name + " · Eris")},
          {"verdict", verdict},
          {"brand", escape_html(input.history.header.plan.name)},
          {"badge", page::badge(summary.verdict)},
          {"sentence", escape_html(summary.sentence)},
          {"next_step", summary.next_step.empty()
                            ? ""
                            : "<p class=\"next\">" + escape_html(summary.next_step) + "</p>"},
          {"provenance", provenance(input.history, summary)},
          {"remarks", remarks(summary)},
          {"figures", page::figures(summary)},
          {"contents", contents(summary)},
          {"findings", page::findings(input, summary)},
          {"further_findings", page::further_findings(input, summary)},
          {"story", page::story(summary)},
          {"functions", page::functions(summary)},
          {"faults", page::faults(summary)},
          {"cluster", page::cluster(summary)},
          {"checks", page::checks(input)},
          {"run", page::run(input.history)},
          {"reproduce", page::reproduce(input)},
          {"version", version_of(input.history)},
          {"data", page::data(input, summary)},
          {"style", std::string(assets::style)},
          {"script", std::string(assets::script)},
          {"plot_style", std::string(assets::plot_style)},
          {"plot_script", std::string(assets::plot_script)},
          {"plot_licence", escape_html(assets::plot_licence)}};
}

}  // namespace

std::string to_html(const ReportInput& input) {
  const Summary summary = summarize(input);
  return fill(assets::page, parts_of(input, summary));
}

}  // namespace eris::reports
