// Malformed: how the readers of this folder refuse a file. Internal to harness/formats.
//
// Why thrown: a Result at every level would double the code and slow down the reading of millions
// of operations, none of which normally fails. It is caught where reading starts, in read(), and
// becomes a usage error with file, line and column; those are only counted then.
// Thread rule: plain value.
#pragma once

#include <string>

namespace eris::formats {

struct Malformed {
  const char* at = nullptr;  ///< a place in the text that is read
  std::string what;          ///< as base::Error::what
  std::string next_step{};
};

}  // namespace eris::formats
