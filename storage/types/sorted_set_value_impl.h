// Templates of sorted_set_value.h.
#pragma once
