"""All that random streams are made of."""

from . import (generator_hashes, generator_keys, generator_lists, generator_sets, generator_sort,
               generator_sorted_sets, generator_strings)

TABLES = (generator_strings.TABLE + generator_keys.TABLE + generator_lists.TABLE
          + generator_sets.TABLE + generator_hashes.TABLE + generator_sorted_sets.TABLE
          + generator_sort.TABLE)
