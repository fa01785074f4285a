#include "adapters/reference/raft/storage_records.hpp"

#include <utility>

#include "adapters/reference/kv/checksum.hpp"
#include "adapters/reference/kv/encodings.hpp"

namespace eris::raft {
namespace {

enum class RecordKind : std::uint8_t { hard_state = 1, entry = 2 };

/// Whether the bytes are a record.
bool decode_body(std::string_view body, Record& record) {
  kv::Reader reader(body);
  switch (static_cast<RecordKind>(reader.u8())) {
    case RecordKind::hard_state: {
      auto& state = record.emplace<HardState>();
      state.term = reader.id<Term>();
      state.voted_for = reader.id<NodeId>();
      break;
    }
    case RecordKind::entry: {
      auto& [index, entry] = record.emplace<EntryRecord>();
      index = reader.id<LogIndex>();
      decode_entry(reader, entry);
      break;
    }
    default:
      reader.fail();
  }
  return reader.finished();
}

}  // namespace

std::string encode_record(LogIndex index, const Entry& entry) {
  kv::Writer writer;
  writer.reserve(32 + entry.payload.size());
  writer.u8(static_cast<std::uint8_t>(RecordKind::entry));
  writer.id(index);
  encode(writer, entry);
  return kv::with_checksum(std::move(writer));
}

std::string encode_record(const Record& record) {
  if (const auto* entry = std::get_if<EntryRecord>(&record))
    return encode_record(entry->index, entry->entry);
  const auto& state = std::get<HardState>(record);
  kv::Writer writer;
  writer.u8(static_cast<std::uint8_t>(RecordKind::hard_state));
  writer.id(state.term);
  writer.id(state.voted_for);
  return kv::with_checksum(std::move(writer));
}

base::Result<Record> decode_record(std::string_view bytes) {
  const auto body = kv::checked(bytes);
  base::Result<Record> record;
  if (!body || !decode_body(*body, *record)) return kv::malformed("Raft log record", bytes);
  return record;
}

std::optional<Record> decode_record_unchecked(std::string_view bytes) {
  if (bytes.size() <= kv::checksum_bytes) return std::nullopt;
  std::optional<Record> record(std::in_place);
  if (!decode_body(bytes.substr(0, bytes.size() - kv::checksum_bytes), *record)) record.reset();
  return record;
}

std::string encode_snapshot(const SnapshotContents& contents) {
  kv::Writer writer;
  writer.reserve(contents.store.size() + 256);
  writer.id(contents.point.index);
  writer.id(contents.point.term);
  writer.u64(contents.point.hash);
  writer.id(contents.configuration_index);
  encode(writer, contents.configuration);
  writer.text(contents.store);
  return std::move(writer).take();
}

base::Result<SnapshotContents> decode_snapshot(std::string_view bytes) {
  kv::Reader reader(bytes);
  SnapshotContents contents;
  contents.point.index = reader.id<LogIndex>();
  contents.point.term = reader.id<Term>();
  contents.point.hash = reader.u64();
  contents.configuration_index = reader.id<LogIndex>();
  contents.configuration = decode_configuration(reader);
  contents.store = std::string(reader.text());
  if (!reader.finished()) return kv::malformed("Raft snapshot", bytes);
  return contents;
}

}  // namespace eris::raft
