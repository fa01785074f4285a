#include "adapters/reference/testing/schedule.hpp"

namespace eris::reference::testing {

namespace {

using Commands = std::vector<std::string>;

/// Beyond this, whole chunks go first; see replace_by_settling.
constexpr std::size_t few = 200;

Schedule with(const Schedule& schedule, Commands commands) {
  return {schedule.cluster, std::move(commands)};
}

std::string joined(const Words& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// One server less, or one option less; a planted bug stays.
rc::Seq<Schedule> smaller_clusters(const Schedule& schedule) {
  std::vector<Schedule> smaller;
  const Words words = words_of(schedule.cluster);
  for (std::size_t i = words.size(); i-- > 2;) {
    if (words[i].starts_with("bug=")) continue;
    Words fewer = words;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    smaller.push_back({joined(fewer), schedule.commands});
  }
  const auto nodes = number_in(words.at(1));
  if (nodes && *nodes > 1) {
    Words fewer = words;
    fewer[1] = std::to_string(*nodes - 1);
    smaller.push_back({joined(fewer), schedule.commands});
  }
  return rc::seq::fromContainer(std::move(smaller));
}

/// Many single steps are often nothing but a cluster that comes to rest.
rc::Seq<Schedule> replace_by_settling(const Schedule& schedule) {
  std::vector<Schedule> plainer;
  const Commands& all = schedule.commands;
  if (all.size() > few) return {};
  for (std::size_t length = all.size(); length >= 2; length /= 2)
    for (std::size_t from = 0; from + length <= all.size(); from += length) {
      Commands commands(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(from));
      commands.emplace_back("settle");
      commands.insert(commands.end(), all.begin() + static_cast<std::ptrdiff_t>(from + length),
                      all.end());
      plainer.push_back(with(schedule, std::move(commands)));
    }
  return rc::seq::fromContainer(std::move(plainer));
}

/// "deliver n1 n2 #3" → "deliver n1 n2 #1"; "sync n1 1" → "sync n1"; "crash" for "tear"; "ask … by
/// a" → "ask …".
rc::Seq<std::string> plainer_command(const std::string& command) {
  const Words words = words_of(command);
  std::vector<std::string> plainer;
  if (words.size() == 4 && words[3].starts_with('#') && words[3] != "#1")
    plainer.push_back(joined({words[0], words[1], words[2], "#1"}));
  if (words[0] == "sync" && words.size() == 3) plainer.push_back(joined({words[0], words[1]}));
  if (words[0] == "tear") plainer.push_back("crash " + words[1]);
  if (words[0] == "repeat") plainer.push_back("deliver" + command.substr(words[0].size()));
  if (words[0] == "cut-one-way") plainer.push_back("cut" + command.substr(words[0].size()));
  if (words.size() > 4 && words[words.size() - 2] == "by")
    plainer.push_back(joined(Words(words.begin(), words.end() - 2)));
  return rc::seq::fromContainer(std::move(plainer));
}

}  // namespace

void showValue(const Schedule& schedule, std::ostream& out) {
  out << schedule.cluster << '\n';
  for (const std::string& command : schedule.commands) out << command << '\n';
}

Schedule without_needless(Schedule schedule, const std::function<bool(const Schedule&)>& same) {
  for (std::size_t length = schedule.commands.size() / 2; length > 0; length /= 2)
    for (std::size_t from = 0; from < schedule.commands.size();) {
      Schedule shorter = schedule;
      const std::size_t to = std::min(from + length, shorter.commands.size());
      shorter.commands.erase(shorter.commands.begin() + static_cast<std::ptrdiff_t>(from),
                             shorter.commands.begin() + static_cast<std::ptrdiff_t>(to));
      if (same(shorter))
        schedule = std::move(shorter);
      else
        from = to;
    }
  return schedule;
}

rc::Seq<Schedule> shrinks(const Schedule& schedule) {
  const auto whole = [schedule](Commands commands) { return with(schedule, std::move(commands)); };
  return rc::seq::concat(
      rc::seq::map(rc::shrink::removeChunks(schedule.commands), whole),
      replace_by_settling(schedule), smaller_clusters(schedule),
      rc::seq::map(rc::shrink::eachElement(schedule.commands, plainer_command), whole));
}

}  // namespace eris::reference::testing
