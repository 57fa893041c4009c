// Feeds bytes to the checks of packed values, which will read them from files: what a check lets
// through can be walked both ways, read and edited without leaving its bytes, and stays valid.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "storage/types/intset.h"
#include "storage/types/listpack.h"
#include "tests/fuzz/require.h"

namespace inkstone {
namespace {

constexpr size_t kInputBytesMax = 1 << 16;
constexpr size_t kEditsMax = 32;

using Texts = std::vector<std::string>;

Texts textsOf(Listpack pack) {
  Texts texts;
  for (auto at = pack.first(); at != nullptr; at = pack.next(at)) {
    texts.push_back(Listpack::get(at).toString());
  }
  return texts;
}

Texts textsBackwards(Listpack pack) {
  Texts texts;
  for (auto at = pack.last(); at != nullptr; at = pack.previous(at)) {
    texts.push_back(Listpack::get(at).toString());
  }
  std::reverse(texts.begin(), texts.end());
  return texts;
}

void editOnce(Listpack& pack, Texts& model, uint8_t choice, uint8_t where) {
  const size_t index = where % model.size();
  const auto at = pack.at(static_cast<int64_t>(index));
  const auto place = model.begin() + static_cast<std::ptrdiff_t>(index);
  const std::string text =
      (choice & 4) != 0 ? std::to_string(where * 1000) : std::string(where, 'e');
  switch (choice & 3) {
    case 0:
      pack.erase(at);
      model.erase(place);
      break;
    case 1:
      pack.replace(at, text);
      *place = text;
      break;
    case 2:
      pack.insertBefore(at, text);
      model.insert(place, text);
      break;
    default:
      pack.append(text);
      model.push_back(text);
  }
}

// `edits` are the input's own bytes.
void readAndEdit(std::span<const uint8_t> bytes, std::span<const uint8_t> edits) {
  const auto exact = std::make_unique<uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), exact.get());
  if (!Listpack::isValid({exact.get(), bytes.size()})) return;
  const Listpack given(exact.get());
  Texts model = textsOf(given);
  require(model == textsBackwards(given), "both ways show the same elements");
  require(model.size() == given.size() || given.size() < 65535, "the number of elements is known");
  for (const std::string& text : model) {
    const auto found = given.find(given.first(), text);
    require(found != nullptr && Listpack::equals(found, text), "each element is found");
  }
  Listpack pack = Listpack::copy(given);
  for (size_t i = 0; i + 1 < std::min(edits.size(), kEditsMax) && !model.empty(); i += 2) {
    editOnce(pack, model, edits[i], edits[i + 1]);
    require(Listpack::isValid(pack.view()), "an edited listpack stays valid");
    require(textsOf(pack) == model, "an edit does what it says");
  }
  Listpack::destroy(pack.bytes());
}

// Any bytes become a listpack with the right length, number and end, so that the elements are what
// is tested.
std::vector<uint8_t> framed(std::span<const uint8_t> elements) {
  std::vector<uint8_t> bytes = {0, 0, 0, 0, 0xff, 0xff};
  bytes.insert(bytes.end(), elements.begin(), elements.end());
  bytes.push_back(0xff);
  const auto total = static_cast<uint32_t>(bytes.size());
  std::memcpy(bytes.data(), &total, sizeof total);
  return bytes;
}

void readIntset(std::span<const uint8_t> bytes) {
  const auto exact = std::make_unique<uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), exact.get());
  if (!Intset::isValid({exact.get(), bytes.size()})) return;
  const Intset given(exact.get());
  Intset set = Intset::copy(given);
  const size_t size = given.size();
  for (size_t i = 0; i < size; ++i) {
    require(given.contains(given.at(i)), "each integer is found");
    require(i == 0 || given.at(i - 1) < given.at(i), "integers ascend");
  }
  for (size_t i = 0; i < std::min(size, kEditsMax); ++i) {
    const int64_t value = given.at(i);
    require(set.erase(value) && !set.contains(value), "an integer is erased");
    require(set.insert(value) && !set.insert(value), "an integer is inserted once");
    require(Intset::isValid(set.view()), "an edited intset stays valid");
  }
  Intset::destroy(set.bytes());
}

}  // namespace
}  // namespace inkstone

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace inkstone;
  if (size == 0 || size > kInputBytesMax) return 0;
  const std::span<const uint8_t> input(data, size);
  readAndEdit(input, input);
  readAndEdit(framed(input), input);
  readIntset(input);
  return 0;
}
