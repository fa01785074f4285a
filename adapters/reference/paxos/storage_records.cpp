#include "adapters/reference/paxos/storage_records.hpp"

#include "adapters/reference/kv/checksum.hpp"
#include "adapters/reference/kv/encodings.hpp"

namespace eris::paxos {
namespace {

enum class RecordKind : std::uint8_t {
  promised = 1,
  accepted = 2,
  learned = 3,
  chosen = 4,
  joined = 5
};

void write(kv::Writer& writer, RecordKind kind, Slot slot, const AcceptedDecree& decree) {
  writer.reserve(32 + decree.decree.payload.size());
  writer.u8(static_cast<std::uint8_t>(kind));
  writer.id(slot);
  encode(writer, decree);
}

struct Encode {
  kv::Writer& writer;

  void operator()(const PromisedRecord& r) const {
    writer.u8(static_cast<std::uint8_t>(RecordKind::promised));
    encode(writer, r.ballot);
  }
  void operator()(const AcceptedRecord& r) const {
    write(writer, RecordKind::accepted, r.slot, r.accepted);
  }
  void operator()(const LearnedRecord& r) const {
    write(writer, RecordKind::learned, r.slot, r.learned);
  }
  void operator()(const ChosenRecord& r) const {
    writer.u8(static_cast<std::uint8_t>(RecordKind::chosen));
    writer.id(r.up_to);
  }
  void operator()(const JoinedRecord& r) const {
    writer.u8(static_cast<std::uint8_t>(RecordKind::joined));
    writer.id(r.from);
  }
};

}  // namespace

std::string encode_record(const Record& record) {
  kv::Writer writer;
  std::visit(Encode{writer}, record);
  return kv::with_checksum(std::move(writer));
}

base::Result<Record> decode_record(std::string_view bytes) {
  kv::Reader reader(kv::checked(bytes).value_or(std::string_view()));
  Record record;
  switch (static_cast<RecordKind>(reader.u8())) {
    case RecordKind::promised:
      record = PromisedRecord{decode_ballot(reader)};
      break;
    case RecordKind::accepted: {
      const Slot slot = reader.id<Slot>();
      record = AcceptedRecord{slot, decode_accepted(reader)};
      break;
    }
    case RecordKind::learned: {
      const Slot slot = reader.id<Slot>();
      record = LearnedRecord{slot, decode_accepted(reader)};
      break;
    }
    case RecordKind::chosen:
      record = ChosenRecord{reader.id<Slot>()};
      break;
    case RecordKind::joined:
      record = JoinedRecord{reader.id<Slot>()};
      break;
    default:
      reader.fail();
  }
  if (!reader.finished()) return kv::malformed("Paxos record", bytes);
  return record;
}

std::string encode_snapshot(const SnapshotContents& contents) {
  kv::Writer writer;
  writer.reserve(contents.store.size() + 256);
  writer.id(contents.slot);
  writer.u32(static_cast<std::uint32_t>(contents.configurations.size()));
  for (const auto& [slot, configuration] : contents.configurations) {
    writer.id(slot);
    encode(writer, configuration);
  }
  writer.text(contents.store);
  return std::move(writer).take();
}

base::Result<SnapshotContents> decode_snapshot(std::string_view bytes) {
  kv::Reader reader(bytes);
  SnapshotContents contents;
  contents.slot = reader.id<Slot>();
  contents.configurations.resize(reader.count(sizeof(Slot::value) + sizeof(std::uint32_t)));
  for (std::size_t i = 0; i < contents.configurations.size(); ++i) {
    auto& [slot, configuration] = contents.configurations[i];
    slot = reader.id<Slot>();
    configuration = decode_configuration(reader);
    if (i > 0 && slot <= contents.configurations[i - 1].first) reader.fail();
  }
  contents.store = std::string(reader.text());
  if (!reader.finished() || contents.configurations.empty())
    return kv::malformed("Paxos snapshot", bytes);
  return contents;
}

}  // namespace eris::paxos
