// eris verify: checks a certificate against its history, by other means than it was found with.
#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "checkers/certificates/certificate_json.hpp"
#include "checkers/certificates/verify.hpp"
#include "harness/cli/certifying.hpp"
#include "harness/cli/history_flags.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/session.hpp"
#include "harness/model/verdict.hpp"

namespace eris::cli {

using checkers::certificates::Certificate;
using checkers::certificates::KeyCertificate;
using checkers::certificates::Verification;
using model::Verdict;

namespace {

struct VerifyFlags {
  HistoryFlags history;
  std::string certificate;
  bool json = false;
};

/// 0 accepted, 1 refused, 2 accepted, though it does not settle the matter.
int exit_code_of(const Verification& said) {
  if (!said.accepted) return 1;
  return said.proven == Verdict::unknown ? model::exit_code(Verdict::unknown) : 0;
}

std::string as_json(const Verification& said) {
  nlohmann::ordered_json json{{"accepted", said.accepted}, {"reason", said.reason}};
  if (said.accepted) json["proven"] = to_text(said.proven);
  json["keys"] = {
      {"valid", said.keys_valid}, {"invalid", said.keys_invalid}, {"unknown", said.keys_unknown}};
  json["exit_code"] = exit_code_of(said);
  return json.dump();
}

/// The operations themselves: a reader can follow a handful.
void show_proof(const model::History& history, const KeyCertificate& key) {
  fmt::print("\nkey {}: up to event {} no order explains the answers of\n", to_text(key.key),
             key.until);
  for (const model::EventIndex event : key.operations) {
    const auto operation =
        std::ranges::lower_bound(history.operations, event, {}, &model::Operation::invoked);
    fmt::print("  event {:<8} {}\n", event, to_text(history, *operation));
  }
}

void show(const model::History& history, const Certificate& certificate, const Verification& said) {
  fmt::print("{}: {}\n", said.accepted ? "Accepted" : "Refused", said.reason);
  if (!said.accepted) return;
  for (const KeyCertificate& key : certificate.keys) {
    if (key.verdict == Verdict::invalid) show_proof(history, key);
    if (key.verdict != Verdict::unknown) continue;
    fmt::print("\nkey {}: {}\n", to_text(key.key), key.text);
    for (const std::string& line : key.log) fmt::print("  {}\n", line);
  }
}

/// For the object that the history's own plan names, if it does: a certificate may not choose.
Verification verification_of(const model::History& history, const Certificate& certificate) {
  const auto planned = object_of(history.header.plan);
  const checkers::SequentialObject* object = planned ? checkers::find_object(*planned) : nullptr;
  return object == nullptr ? checkers::certificates::verify(history, certificate)
                           : checkers::certificates::verify(history, *object, certificate);
}

base::Result<int> verify(const VerifyFlags& flags) {
  ERIS_TRY(const std::string text, read_file(flags.certificate));
  auto certificate = checkers::certificates::parse_certificate(text);
  if (!certificate) {
    certificate.error().where = flags.certificate;
    return std::unexpected(std::move(certificate).error());
  }
  ERIS_TRY(const FoundHistory found, read_history(flags.history));
  const model::History& history = found.imported.history;
  const Verification said = verification_of(history, *certificate);
  if (flags.json)
    fmt::print("{}\n", as_json(said));
  else
    show(history, *certificate, said);
  return exit_code_of(said);
}

}  // namespace

void add_verify(CLI::App& app, Session& session) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App* verb = app.add_subcommand(
      "verify", "Check the certificate of a verdict, by other means than it was found with");
  add_history_flags(*verb, flags->history);
  verb->add_option("certificate", flags->certificate,
                   "What `eris check HISTORY --certificate FILE` wrote")
      ->required();
  verb->add_flag("--json", flags->json, "For programs");
  verb->footer(
      "\nExit codes: 0 accepted (it says what is proven: valid or invalid), 1 refused,\n"
      "2 accepted, but it leaves keys open, 64 usage.");
  verb->callback([&session, flags] {
    const auto code = verify(*flags);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
