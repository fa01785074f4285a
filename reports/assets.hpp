// Assets: the files under reports/assets and the plotting library, embedded by the build
// (embed_assets.cmake writes their definitions).
// Thread rule: constants.
#pragma once

#include <string_view>

namespace eris::reports::assets {

extern const std::string_view page;          ///< the page, with {{name}} where content goes
extern const std::string_view style;         ///< our style sheet
extern const std::string_view script;        ///< our scripts, in one closure
extern const std::string_view plot_style;    ///< uPlot's style sheet
extern const std::string_view plot_script;   ///< uPlot, minified
extern const std::string_view plot_licence;  ///< uPlot's licence notice (MIT), which must go along

}  // namespace eris::reports::assets
