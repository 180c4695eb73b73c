#pragma once
// The files of plan/report/web, put into the program by the build (cmake/report.cmake). The script is empty where the
// build had no npm.

#include <string_view>

namespace capplan::plan::assets {

extern const std::string_view page;    ///< page.html, with its slots
extern const std::string_view style;   ///< report.css
extern const std::string_view loader;  ///< loader.js, which unpacks the script
extern const std::string_view script;  ///< charts/, bundled with ECharts; gzip in base64

}  // namespace capplan::plan::assets
