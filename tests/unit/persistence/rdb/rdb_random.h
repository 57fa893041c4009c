// Data sets at random, of every type and encoding.
#pragma once

#include <map>
#include <string>

#include "tests/unit/persistence/rdb/rdb_world.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::test {

inline std::string textAtRandom(inkstone::testing::SeededRandom& random) {
  switch (random.below(6)) {
    case 0:
      return std::to_string(static_cast<int64_t>(random()) >> random.below(64));
    case 1:
      return std::string(random.mostlySmall(300), 'x');
    case 2:
      return random.bytes(random.mostlySmall(200));
    default:
      return "text " + std::to_string(random.below(1000));
  }
}

inline double scoreAtRandom(inkstone::testing::SeededRandom& random) {
  switch (random.below(5)) {
    case 0:
      return static_cast<double>(random.below(10));
    case 1:
      return -static_cast<double>(random()) / 7;
    case 2:
      return random.below(2) == 0 ? HUGE_VAL : -HUGE_VAL;
    case 3:
      return -0.0;
    default:
      return static_cast<double>(random.below(1000)) / 10;
  }
}

inline void addAtRandom(RdbWorld& world, const std::string& key,
                        inkstone::testing::SeededRandom& random) {
  const size_t size = 1 + random.mostlySmall(700);
  RdbWorld::Texts texts;
  for (size_t i = 0; i < size; ++i) texts.push_back(textAtRandom(random));
  switch (random.below(6)) {
    case 0:
      return world.list(key, texts);
    case 1:
      return world.set(key, texts);
    case 2: {
      for (std::string& text : texts) text = std::to_string(random.below(100000));
      return world.set(key, texts);
    }
    case 3: {
      std::vector<std::pair<std::string, std::string>> fields;
      for (const std::string& text : texts) fields.emplace_back(text, textAtRandom(random));
      return world.hash(key, fields);
    }
    case 4: {
      std::vector<RdbWorld::Scored> members;
      for (const std::string& text : texts) members.emplace_back(text, scoreAtRandom(random));
      return world.zset(key, members);
    }
    default:
      return world.string(key, random.below(10) == 0 ? random.bytes(20000) : texts[0]);
  }
}

inline void fillAtRandom(RdbWorld& world, inkstone::testing::SeededRandom& random) {
  for (int i = 0; i < 60; ++i) {
    world.database = random.below(2) == 0 ? 0 : random.below(16);
    const std::string key = "key " + std::to_string(i);
    addAtRandom(world, key, random);
    if (random.below(4) == 0) world.expire(key, static_cast<int64_t>(random.below(1ULL << 42)));
  }
}

inline void changeRulesAtRandom(RdbWorld& world, inkstone::testing::SeededRandom& random) {
  EncodingRules rules = world.rules();
  rules.hash_max_listpack_entries = random.mostlySmall(1000);
  rules.hash_max_listpack_value = random.mostlySmall(300);
  rules.list_max_listpack_size = static_cast<int64_t>(random.below(100)) - 6;
  rules.list_compress_depth = static_cast<int64_t>(random.below(3));
  rules.set_max_intset_entries = random.mostlySmall(1000);
  rules.set_max_listpack_entries = random.mostlySmall(1000);
  rules.set_max_listpack_value = random.mostlySmall(300);
  rules.zset_max_listpack_entries = random.mostlySmall(1000);
  rules.zset_max_listpack_value = random.mostlySmall(300);
  world.keyspace.setEncodingRules(rules);
}

}  // namespace inkstone::test
