#include "harness/base/result.hpp"

#include <system_error>
#include <utility>

namespace eris::base {

namespace {
std::unexpected<Error> make(ErrorKind kind, std::string what, std::string where,
                            std::string next_step) {
  return std::unexpected(Error{.kind = kind,
                               .what = std::move(what),
                               .where = std::move(where),
                               .next_step = std::move(next_step)});
}
}  // namespace

std::string to_text(const Error& error) {
  std::string text;
  if (!error.where.empty()) text += error.where + ": ";
  text += error.what;
  if (!error.next_step.empty()) text += "; " + error.next_step;
  return text;
}

std::unexpected<Error> usage_error(std::string what, std::string where, std::string next_step) {
  return make(ErrorKind::usage, std::move(what), std::move(where), std::move(next_step));
}

std::unexpected<Error> environment_error(std::string what, std::string where,
                                         std::string next_step) {
  return make(ErrorKind::environment, std::move(what), std::move(where), std::move(next_step));
}

std::unexpected<Error> internal_error(std::string what, std::string where, std::string next_step) {
  return make(ErrorKind::internal, std::move(what), std::move(where), std::move(next_step));
}

std::unexpected<Error> system_error(std::string_view what, int code, std::string where,
                                    std::string next_step) {
  return make(ErrorKind::environment,
              std::string(what) + ": " + std::generic_category().message(code), std::move(where),
              std::move(next_step));
}

}  // namespace eris::base
