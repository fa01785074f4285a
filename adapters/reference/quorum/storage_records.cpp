#include "adapters/reference/quorum/storage_records.hpp"

#include <utility>

#include "adapters/reference/kv/encodings.hpp"
namespace eris::quorum {
namespace {

using kv::Reader;
using kv::Writer;

void write(Writer& writer, const ClockRecord& r) {
  writer.u64(r.reserved);
}
void read(Reader& reader, ClockRecord& r) {
  r.reserved = reader.u64();
  if (r.reserved > hybrid_time_max) reader.fail();
}

void write(Writer& writer, const CellRecord& r) {
  encode(writer, r.key);
  encode(writer, r.cell);
}
void read(Reader& reader, CellRecord& r) {
  r.key = kv::decode_value(reader);
  r.cell = decode_cell(reader);
}

void write(Writer& writer, const DropRecord& r) {
  encode(writer, r.key);
  writer.u8(static_cast<std::uint8_t>(r.why));
}
void read(Reader& reader, DropRecord& r) {
  r.key = kv::decode_value(reader);
  const std::uint8_t why = reader.u8();
  if (why < 1 || why > static_cast<std::uint8_t>(Dropped::left)) reader.fail();
  r.why = static_cast<Dropped>(why);
}

void write(Writer& writer, const HintRecord& r) {
  writer.id(r.target);
  encode(writer, r.key);
  encode(writer, r.cell);
}
void read(Reader& reader, HintRecord& r) {
  r.target = reader.id<NodeId>();
  r.key = kv::decode_value(reader);
  r.cell = decode_cell(reader);
}

void write(Writer& writer, const HintDropRecord& r) {
  writer.id(r.target);
  encode(writer, r.key);
}
void read(Reader& reader, HintDropRecord& r) {
  r.target = reader.id<NodeId>();
  r.key = kv::decode_value(reader);
}

void write(Writer& writer, const RingRecord& r) {
  encode(writer, r.ring);
}
void read(Reader& reader, RingRecord& r) {
  r.ring = decode_ring(reader);
}

}  // namespace

std::string encode_record(const Record& record) {
  Writer writer;
  kv::encode_alternative(writer, record, [](Writer& w, const auto& r) { write(w, r); });
  return std::move(writer).take();
}

base::Result<Record> decode_record(std::string_view bytes) {
  Reader reader(bytes);
  Record record;
  kv::decode_alternative(reader, record, [](Reader& from, auto& r) { read(from, r); });
  if (!reader.finished()) return kv::malformed("quorum log record", bytes);
  return record;
}

std::string encode_snapshot(const std::vector<Record>& records) {
  Writer writer;
  for (const Record& record : records) writer.text(encode_record(record));
  return std::move(writer).take();
}

base::Result<std::vector<Record>> decode_snapshot(std::string_view bytes) {
  std::vector<Record> records;
  Reader reader(bytes);
  while (reader.ok() && !reader.finished()) {
    const std::string_view one = reader.text();
    if (!reader.ok()) break;
    ERIS_TRY(Record record, decode_record(one));
    records.push_back(std::move(record));
  }
  if (!reader.finished()) return kv::malformed("quorum snapshot", bytes);
  return records;
}

}  // namespace eris::quorum
