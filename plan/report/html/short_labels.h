#pragma once
// Values of a sweep's axes as a page shows them: a drawn 545.2732155616698 is 545.

#include "plan/study/sweep.h"

namespace capplan::plan {

/// The same sweep with numbers of its axes to three digits where they are longer, or as many as tell them apart.
Sweep with_short_labels(Sweep sweep);

}  // namespace capplan::plan
