#include "adapters/reference/node/log_format.hpp"

#include <optional>

#include <fmt/format.h>

#include "adapters/reference/node/frames.hpp"
#include "harness/base/bytes.hpp"

namespace eris::node {
namespace {

constexpr std::uint32_t block_magic = 0x53495245;  // "ERIS" in the file
constexpr std::uint32_t format_version = 1;

constexpr std::string_view what_to_do =
    "restore the directory from a backup, or wipe the node and let it rejoin as a new member";

std::string encode_block(std::uint64_t sequence, std::string_view payload) {
  std::string block;
  block.reserve(block_header_bytes + payload.size());
  base::put_integer(block, block_magic);
  base::put_integer(block, format_version);
  base::put_integer(block, sequence);
  base::put_integer(block, std::uint64_t{payload.size()});
  base::put_integer(block, checksum({payload}));
  base::put_integer(block, checksum({block}));
  return block.append(payload);
}

void put_text(std::string& out, std::string_view text) {
  base::put_integer(out, std::uint64_t{text.size()});
  out.append(text);
}

struct Block {
  std::uint32_t version = 0;
  std::uint64_t sequence = 0;
  std::string_view payload;
  [[nodiscard]] std::size_t bytes() const { return block_header_bytes + payload.size(); }
};

/// The block at `offset`, when it is there, whole and undamaged.
std::optional<Block> block_at(std::string_view log, std::size_t offset) {
  const std::string_view rest = log.substr(offset);
  if (rest.size() < block_header_bytes || base::get_integer<std::uint32_t>(rest, 0) != block_magic)
    return std::nullopt;
  if (base::get_integer<std::uint32_t>(rest, 28) != checksum({rest.substr(0, 28)}))
    return std::nullopt;
  const std::uint64_t payload_bytes = base::get_integer<std::uint64_t>(rest, 16);
  if (rest.size() - block_header_bytes < payload_bytes) return std::nullopt;
  const Block block{.version = base::get_integer<std::uint32_t>(rest, 4),
                    .sequence = base::get_integer<std::uint64_t>(rest, 8),
                    .payload = rest.substr(block_header_bytes, payload_bytes)};
  if (base::get_integer<std::uint32_t>(rest, 24) != checksum({block.payload})) return std::nullopt;
  return block;
}

/// Where a whole block begins behind `offset`: proof that what stands at `offset` was synced.
std::optional<std::size_t> whole_block_behind(std::string_view log, std::size_t offset) {
  std::string magic;
  base::put_integer(magic, block_magic);
  for (std::size_t at = log.find(magic, offset + 1); at != std::string_view::npos;
       at = log.find(magic, at + 1))
    if (block_at(log, at)) return at;
  return std::nullopt;
}

std::string place(std::string_view name, std::size_t offset) {
  return fmt::format("{} at byte {}", name, offset);
}

/// Takes texts off the front of a payload whose checksum has been verified.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view payload) : rest_(payload) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::optional<std::string> text() {
    if (rest_.size() < sizeof(std::uint64_t)) return std::nullopt;
    const std::uint64_t length = base::get_integer<std::uint64_t>(rest_, 0);
    rest_.remove_prefix(sizeof(std::uint64_t));
    if (length > rest_.size()) return std::nullopt;
    std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return text;
  }

 private:
  std::string_view rest_;
};

/// Adds a block's content to what was recovered; false when the payload is not well formed.
bool absorb(core::Recovered& recovered, const Block& block) {
  PayloadReader reader(block.payload);
  if (block.sequence == 0) {
    std::optional<std::string> snapshot = reader.text();
    if (!snapshot) return false;
    recovered.snapshot = *std::move(snapshot);
  }
  while (!reader.empty()) {
    std::optional<std::string> record = reader.text();
    if (!record) return false;
    recovered.records.push_back(*std::move(record));
  }
  return true;
}

base::Result<void> check_block(const Block& block, std::uint64_t sequence_expected,
                               const std::string& where) {
  if (block.version != format_version)
    return base::environment_error(
        fmt::format("log format {} where {} is understood", block.version, format_version), where,
        "start the version of the program that wrote it");
  if (block.sequence != sequence_expected)
    return base::environment_error(fmt::format("corrupted log: block {} stands where {} belongs",
                                               block.sequence, sequence_expected),
                                   where, std::string(what_to_do));
  return {};
}

/// What follows the last whole block: nothing, reserved zeros, a torn block, or corruption.
base::Result<std::size_t> torn_tail(std::string_view log, std::size_t offset,
                                    std::string_view name) {
  if (offset == 0)  // Block 0 is synced before the file gets its name, so it cannot be torn.
    return base::environment_error("corrupted log: its checkpoint is damaged", place(name, 0),
                                   std::string(what_to_do));
  if (const auto behind = whole_block_behind(log, offset))
    return base::environment_error(
        fmt::format("corrupted log: a damaged block, and an undamaged one behind it at byte {}",
                    *behind),
        place(name, offset), std::string(what_to_do));
  const std::size_t last = log.find_last_not_of('\0');
  return last == std::string_view::npos || last < offset ? 0 : last + 1 - offset;
}

}  // namespace

std::string encode_checkpoint(const core::Checkpoint& checkpoint) {
  std::string payload;
  put_text(payload, checkpoint.snapshot);
  for (const std::string& record : checkpoint.records) put_text(payload, record);
  return encode_block(0, payload);
}

std::string encode_records(std::uint64_t sequence, const std::vector<std::string>& records) {
  ERIS_ASSERT(sequence > 0, "block 0 is the checkpoint's");
  std::string payload;
  for (const std::string& record : records) put_text(payload, record);
  return encode_block(sequence, payload);
}

base::Result<ParsedLog> parse_log(std::string_view bytes, std::string_view name) {
  ParsedLog log;
  std::uint64_t sequence = 0;
  while (const auto block = block_at(bytes, log.valid_bytes)) {
    ERIS_CHECK_OK(check_block(*block, sequence, place(name, log.valid_bytes)));
    if (!absorb(log.recovered, *block))
      return base::environment_error("corrupted log: a block with a right checksum and no sense",
                                     place(name, log.valid_bytes), std::string(what_to_do));
    log.valid_bytes += block->bytes();
    log.next_sequence = ++sequence;
  }
  ERIS_TRY(log.torn_bytes, torn_tail(bytes, log.valid_bytes, name));
  return log;
}

}  // namespace eris::node
