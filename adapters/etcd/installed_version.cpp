#include "adapters/etcd/installed_version.hpp"

#include <chrono>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

#include "adapters/program.hpp"
#include "harness/base/text.hpp"

namespace eris::adapters::etcd {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;

constexpr auto answer_time_max = std::chrono::seconds(10);
constexpr std::string_view label = "etcd Version:";

/// What the program writes until it closes its output. A process that is still there at the end of
/// this function is killed and reaped by Boost's destructor.
base::Result<std::string> output_of(const std::string& program, const std::string& next_step) {
  asio::io_context context;
  asio::readable_pipe output(context);
  process::process child(context, program, std::vector<std::string>{"--version"},
                         process::process_stdio{.in = nullptr, .out = output, .err = nullptr});
  std::string text;
  bool closed = false;
  asio::async_read(output, asio::dynamic_buffer(text),
                   [&](boost::system::error_code, std::size_t) { closed = true; });
  context.run_for(answer_time_max);
  if (!closed)
    return base::environment_error("'etcd --version' does not answer", program, next_step);
  child.wait();
  return text;
}

}  // namespace

base::Result<std::filesystem::path> find_program(const std::string& named) {
  if (!named.empty()) return find_named_program(named);
  if (auto usual = program_in_path(program_name); !usual.empty()) return usual;
  return base::environment_error("etcd is not installed", "PATH",
                                 "install etcd-server (apt-get install etcd-server)");
}

base::Result<std::string> installed_version(const std::string& named) {
  ERIS_TRY(const std::filesystem::path program, find_program(named));
  // Debian's package is to be named where the user did not choose the program.
  const std::string next_step =
      named.empty() ? "try it by hand; reinstall etcd-server" : "is this an etcd? Try it by hand";
  std::string text;
  try {
    ERIS_TRY(text, output_of(program.string(), next_step));
  } catch (const boost::system::system_error& error) {
    return base::environment_error(std::string("cannot run etcd: ") + error.code().message(),
                                   program.string(), next_step);
  }
  for (const std::string& line : base::split(text, '\n'))
    if (line.starts_with(label)) return std::string(base::trim(line.substr(label.size())));
  return base::environment_error("'etcd --version' does not say a version", program.string(),
                                 next_step);
}

}  // namespace eris::adapters::etcd
