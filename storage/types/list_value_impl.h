// Templates of list_value.h.
#pragma once
