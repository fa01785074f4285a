// Operation maps as Jepsen prints them, and the pieces that its text lines share with them.
// Internal to harness/formats. Thread rule: as EdnReader.
#pragma once

#include "harness/formats/edn_reader.hpp"
#include "harness/formats/importer.hpp"
#include "harness/formats/record.hpp"

namespace eris::formats {

/// Reads {:process 3, :type :invoke, …}, with or without a tag, into an empty record.
void read_edn_record(EdnReader& edn, Importer& importer, Record& record);

/// Each reads the form that comes next into its place in the record.
void read_edn_process(EdnReader& edn, Record& record);
void read_edn_type(EdnReader& edn, Record& record);
void read_edn_function(EdnReader& edn, Importer& importer, Record& record);
void read_edn_value(EdnReader& edn, Record& record);
void read_edn_error(EdnReader& edn, Record& record);

}  // namespace eris::formats
