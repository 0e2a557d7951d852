// Where something lies by the vertebra beside it: what anatomy calls that place.
#pragma once

#include "analysis/spine/find_spine.hpp"

namespace calcinode::deposits {

enum class Zone {
    beside,   // lateral and behind: facets, foramina, muscles
    midline,  // behind the canal, where spinous processes and their ligaments are
    canal,
    body,      // inside a vertebral body or its disc
    at_body,   // on the side or the front edge of a body
    in_front,  // in front of the bodies
    uncinate,  // at the rear corners of a body of the neck: uncinate processes, between canal and foramen
};

enum class Region { cervical, thoracic, lumbar };

struct Placement {
    Zone zone = Zone::beside;
    Region region = Region::cervical;
    double behind_front_mm = 0;    // behind the front of the nearest vertebral body; negative in front of it
    double half_width_mm = 0;      // of that body
    double below_skull_mm = 1000;  // below the occiput; large where no skull is in view
    bool first_levels = false;     // beside C1 or C2
    bool sacral = false;           // below the upper endplate of S1
};

// Whether a place lies in the canal, at any level: within what even a narrow one has of its middle.
bool in_canal(const spine::CurvedPoint& at);

Placement placement_of(const spine::CurvedPoint& at, const spine::SpineInView& seen);

}  // namespace calcinode::deposits
