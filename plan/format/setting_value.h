#pragma once
// The value of a known setting as a scenario spells it, from how the real system's own files and views do.
// Limits: a value that the real system would refuse is refused.

#include <optional>
#include <string>

#include "models/spec/value.h"
#include "plan/format/known_settings.h"

namespace capplan::plan {

/// One value of a setting.
struct TakenSetting {
  std::optional<models::Value> value;  ///< as a scenario spells it
  std::string refused;  ///< why there is none, in a sentence; empty where that is off, as in a scenario without it
};

/// `text` as in the file: with a unit, or a bare number in the setting's own.
TakenSetting take_setting(SettingsDialect dialect, const KnownSetting& setting, const std::string& text);

}  // namespace capplan::plan
