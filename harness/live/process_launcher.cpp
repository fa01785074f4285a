// Boost.Process v2 as a separately compiled library, so that its headers stay cheap.
#include <boost/process/v2/src.hpp>
