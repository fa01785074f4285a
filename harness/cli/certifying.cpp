#include "harness/cli/certifying.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checkers/certificates/certificate_json.hpp"
#include "checkers/linearizability/certify.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/judging.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/terminal.hpp"
#include "workloads/workload.hpp"

namespace eris::cli {

using checkers::certificates::Certificate;
using checkers::certificates::KeyCertificate;
using model::Verdict;

namespace {

/// What is in it, and what is not.
std::string contents_of(const Certificate& certificate) {
  const auto count = [&](Verdict verdict) {
    return static_cast<std::size_t>(
        std::ranges::count(certificate.keys, verdict, &KeyCertificate::verdict));
  };
  std::vector<std::string> parts;
  if (const std::size_t valid = count(Verdict::valid); valid > 0)
    parts.push_back(fmt::format("an order for {}", base::count_of(valid, "key")));
  for (const KeyCertificate& key : certificate.keys)
    if (key.verdict == Verdict::invalid && parts.size() < 3)
      parts.push_back(fmt::format("a proof of {} for key {}",
                                  base::count_of(key.operations.size(), "operation"),
                                  to_text(key.key)));
  if (count(Verdict::invalid) > 3)
    parts.push_back(fmt::format("{} proofs in all", count(Verdict::invalid)));
  if (const std::size_t unknown = count(Verdict::unknown); unknown > 0)
    parts.push_back(
        fmt::format("no evidence for {} (it says why)", base::count_of(unknown, "key")));
  return parts.empty() ? std::string("nothing: no key has operations") : base::join_words(parts);
}

}  // namespace

base::Result<std::string> object_of(const model::Plan& plan) {
  const workloads::WorkloadType* workload = workloads::find_workload(plan.workload.name);
  if (workload == nullptr)
    return base::usage_error(fmt::format("this build knows no workload '{}'", plan.workload.name),
                             "journal header");
  return workload->object;
}

base::Result<void> write_certificate(const std::filesystem::path& path,
                                     const model::History& history, const std::string& object,
                                     const model::Judgement& judgement,
                                     const model::CheckPlan& check) {
  const auto result =
      std::ranges::find(judgement.results, "linearizability", &model::CheckResult::checker);
  const checkers::SequentialObject* known = checkers::find_object(object);
  if (result == judgement.results.end() || known == nullptr)
    return base::usage_error("only linearizability comes with a certificate", "--certificate",
                             "check with --consistency linearizable, or leave it out");
  ProgressLine progress;
  progress.show("writing the certificate");
  const Certificate certificate =
      checkers::linearizability::certify(history, *known, *result, context_for(check));
  ERIS_CHECK_OK(write_file(path, to_json(certificate)));
  progress.remark(fmt::format("eris: {}: {}", path.string(), contents_of(certificate)));
  return {};
}

}  // namespace eris::cli
