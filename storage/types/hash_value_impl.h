// Templates of hash_value.h.
#pragma once
