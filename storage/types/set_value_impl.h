// Templates of set_value.h.
#pragma once
