#include "harness/shrink/regression_file.hpp"

#include <cctype>

namespace eris::shrink {

std::string regression_name(const model::Plan& plan, std::string_view anomaly) {
  std::string name = plan.system.name + "-";
  for (const char c : anomaly) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain)
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (name.back() != '-')
      name += '-';
  }
  return name + (name.back() == '-' ? "" : "-") + std::to_string(plan.seed);
}

std::string regression_file(const model::Plan& plan, std::string_view anomaly,
                            std::string_view origin) {
  return "# expect: invalid, " + std::string(anomaly) + "\n" + "# seeds: 200\n#\n# " +
         std::string(origin) +
         ".\n"
         "# Belongs in ci/negative while the system has this fault. Once that is mended, say\n"
         "# \"expect: valid\" and keep it in ci/suites. The tests run it in either place.\n" +
         model::to_toml(plan);
}

}  // namespace eris::shrink
