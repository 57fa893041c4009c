#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "storage/types/listpack.h"
#include "tests/unit/storage/types/element_texts.h"

namespace inkstone::testing {
namespace {

#ifdef NDEBUG
constexpr uint64_t kSteps = 400'000;
#else
constexpr uint64_t kSteps = 40'000;
#endif

// A listpack beside the vector that it has to agree with.
class World {
 public:
  World() : pack_(Listpack::create()) {}
  ~World() { Listpack::destroy(pack_.bytes()); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::vector<std::string> model;

  // One random change or look-up; returns what a look-up got wrong.
  std::string step(SeededRandom& random, size_t elements_max);
  std::string disagreement() const;

 private:
  Listpack::Cursor place(size_t index) const { return pack_.at(static_cast<int64_t>(index)); }
  auto iterator(size_t index) { return model.begin() + static_cast<std::ptrdiff_t>(index); }
  void add(SeededRandom& random);
  void erase(SeededRandom& random);
  std::string search(SeededRandom& random) const;

  Listpack pack_;
};

void World::add(SeededRandom& random) {
  const std::string text = randomElementText(random, 6000);
  const size_t index = random.below(model.size() + 1);
  switch (random.below(4)) {
    case 0:
      pack_.append(text);
      model.push_back(text);
      break;
    case 1:
      pack_.prepend(text);
      model.insert(model.begin(), text);
      break;
    case 2:
      pack_.insertBefore(place(index), text);
      model.insert(iterator(index), text);
      break;
    default:
      if (index == model.size()) break;
      pack_.insertAfter(place(index), text);
      model.insert(iterator(index) + 1, text);
  }
}

void World::erase(SeededRandom& random) {
  const size_t index = random.below(model.size());
  const size_t count = random.below(10) == 0 ? random.below(20) : 1;
  pack_.erase(place(index), count);
  model.erase(iterator(index), iterator(std::min(index + count, model.size())));
}

std::string World::search(SeededRandom& random) const {
  const size_t from = random.below(model.size());
  const size_t skip = random.below(3);
  const std::string text =
      random.below(3) == 0 ? randomElementText(random, 100) : model[random.below(model.size())];
  size_t wanted = from;
  while (wanted < model.size() && model[wanted] != text) wanted += skip + 1;
  const Listpack::Cursor expected = wanted < model.size() ? place(wanted) : nullptr;
  return pack_.find(place(from), text, skip) == expected ? "" : "a search is wrong";
}

std::string World::step(SeededRandom& random, size_t elements_max) {
  const uint64_t action = random.below(10);
  if (model.empty() || (action < 5 && model.size() < elements_max)) {
    add(random);
  } else if (action < 7) {
    erase(random);
  } else if (action < 8) {
    const size_t index = random.below(model.size());
    model[index] = randomElementText(random, 6000);
    pack_.replace(place(index), model[index]);
  } else {
    return search(random);
  }
  return {};
}

std::string World::disagreement() const {
  const std::vector<uint8_t> exact(pack_.view().begin(), pack_.view().end());
  if (!Listpack::isValid(exact)) return "invalid bytes";
  if (const BrokenClaim broken = pack_.checkStructure()) return std::string(broken->text());
  if (pack_.size() != model.size()) return "another number of elements";
  Listpack::Cursor at = pack_.first();
  for (const std::string& text : model) {
    if (at == nullptr || Listpack::get(at).toString() != text) return "another element";
    at = pack_.next(at);
  }
  if (at != nullptr) return "too many elements";
  at = pack_.last();
  for (size_t i = model.size(); i-- > 0; at = pack_.previous(at)) {
    if (at == nullptr || !Listpack::equals(at, model[i])) return "another element backwards";
  }
  return at == nullptr ? "" : "too many elements backwards";
}

std::string run(SeededRandom& random, uint64_t steps, size_t elements_max, bool broken = false) {
  World world;
  for (uint64_t i = 0; i < steps; ++i) {
    std::string wrong = world.step(random, elements_max);
    if (broken && random.below(100) == 0 && !world.model.empty()) world.model.back() += '.';
    if (wrong.empty()) wrong = world.disagreement();
    if (!wrong.empty()) return wrong + " at step " + std::to_string(i);
  }
  return {};
}

TEST_CASE("a listpack agrees with a vector over random changes and searches") {
  SeededRandom random("a listpack agrees with a vector over random changes and searches");
  CAPTURE(random.seed());
  CHECK(run(random, kSteps, 10) == "");
  CHECK(run(random, kSteps / 10, 100) == "");
  CHECK(run(random, kSteps / 100, 1000) == "");
}

TEST_CASE("canary: an element that differs from the vector is noticed") {
  SeededRandom random("canary: an element that differs from the vector is noticed");
  CHECK_FALSE(run(random, 20000, 50, true).empty());
}

// Bytes that isValid() accepts can be walked both ways and read without touching anything outside:
// each copy has exactly its size.
void read(const std::vector<uint8_t>& bytes) {
  const auto exact = std::make_unique<uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), exact.get());
  if (!Listpack::isValid({exact.get(), bytes.size()})) return;
  const Listpack pack(exact.get());
  size_t bytes_read = 0;
  for (auto at = pack.first(); at != nullptr; at = pack.next(at)) {
    bytes_read += Listpack::get(at).toString().size();
  }
  for (auto at = pack.last(); at != nullptr; at = pack.previous(at)) {
    bytes_read -= Listpack::get(at).toString().size();
  }
  CHECK(bytes_read == 0);
}

TEST_CASE("damaged bytes are refused or harmless") {
  SeededRandom random("damaged bytes are refused or harmless");
  CAPTURE(random.seed());
  for (int round = 0; round < 300; ++round) {
    Listpack pack = Listpack::create();
    for (uint64_t i = random.below(12); i > 0; --i) pack.append(randomElementText(random, 300));
    const std::vector<uint8_t> whole(pack.view().begin(), pack.view().end());
    Listpack::destroy(pack.bytes());
    CHECK(Listpack::isValid(whole));
    for (int damage = 0; damage < 100; ++damage) {
      std::vector<uint8_t> bytes = whole;
      for (uint64_t i = 0; i <= random.below(3); ++i) {
        bytes[random.below(bytes.size())] = static_cast<uint8_t>(random());
      }
      read(bytes);
    }
  }
}

TEST_CASE("bytes that were cut or grew are refused") {
  Listpack pack = Listpack::create();
  for (const char* text : {"one", "2", "-30000", "four"}) pack.append(text);
  pack.append(std::string(200, '5'));
  const std::vector<uint8_t> whole(pack.view().begin(), pack.view().end());
  Listpack::destroy(pack.bytes());
  for (size_t size = 0; size < whole.size(); ++size) {
    std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(Listpack::isValid(cut));
    if (size < Listpack::kEmptyBytes) continue;
    // With a corrected length and an end mark only whole elements are left, one fewer than the
    // header says.
    cut[0] = static_cast<uint8_t>(size);
    cut.back() = 0xff;
    CHECK_FALSE(Listpack::isValid(cut));
  }
  std::vector<uint8_t> longer = whole;
  longer.push_back(0xff);
  CHECK_FALSE(Listpack::isValid(longer));
}

std::vector<uint8_t> withElement(std::vector<uint8_t> element, uint8_t count = 1) {
  std::vector<uint8_t> bytes = {static_cast<uint8_t>(7 + element.size()), 0, 0, 0, count, 0};
  bytes.insert(bytes.end(), element.begin(), element.end());
  bytes.push_back(0xff);
  return bytes;
}

TEST_CASE("every kind of damage to an element is refused") {
  CHECK(Listpack::isValid(withElement({0x81, 'a', 2})));
  CHECK(Listpack::isValid(withElement({})) == false);
  CHECK_FALSE(Listpack::isValid(withElement({0x81, 'a', 2}, 2)));
  CHECK_FALSE(Listpack::isValid(withElement({0x81, 'a', 1})));
  CHECK_FALSE(Listpack::isValid(withElement({0x81, 'a', 3})));
  CHECK_FALSE(Listpack::isValid(withElement({0x82, 'a', 2})));
  CHECK_FALSE(Listpack::isValid(withElement({0x80, 'a', 2})));
  CHECK_FALSE(Listpack::isValid(withElement({0xff, 1})));
  for (uint8_t unknown = 0xf5; unknown != 0; ++unknown) {
    CHECK_FALSE(Listpack::isValid(withElement({unknown, 1})));
  }
  CHECK_FALSE(Listpack::isValid(withElement({0xf0, 0xff, 0xff})));
  CHECK_FALSE(Listpack::isValid(withElement({0xf0, 0xff, 0xff, 0xff, 0xff, 5})));
  CHECK_FALSE(Listpack::isValid(withElement({0xe1})));
  CHECK_FALSE(Listpack::isValid(withElement({0xf4, 0, 0, 0, 9})));
}

}  // namespace
}  // namespace inkstone::testing
