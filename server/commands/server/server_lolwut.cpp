#include "server/commands/server/server_lolwut.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "base/ascii.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"
#include "server/process/version.h"

namespace inkstone {
namespace {

struct Drop {
  double x;
  double y;
  double radius;
  int shade;
};

// A character is about twice as high as it is wide.
constexpr double kAspect = 2.0;
constexpr std::string_view kShades = " .:*#@";

std::vector<Drop> scatter(int columns, int rows, int drops, uint64_t seed) {
  std::mt19937_64 random(seed);
  // The std::uniform_* classes differ between libraries, and the seed alone is to decide.
  auto uniform = [&](double from, double to) {
    return from + (to - from) * static_cast<double>(random() >> 11) * 0x1p-53;
  };
  std::vector<Drop> scattered;
  for (int i = 0; i < drops; ++i) {
    scattered.push_back({uniform(0.1, 0.9) * columns, uniform(0.1, 0.9) * rows * kAspect,
                         uniform(3, std::max(4.0, columns / 5.0)),
                         static_cast<int>(uniform(1, static_cast<double>(kShades.size())))});
  }
  return scattered;
}

// Where ink seen at a point was before the drops from the last to the first pushed it there: a drop
// of radius r moves what was at distance d from its centre to sqrt(d^2 + r^2), which keeps areas
// (the rule of mathematical marbling: Lu, Jaffer, Jin, Zhao, Mao 2012).
char inkAt(double x, double y, const std::vector<Drop>& drops) {
  for (auto drop = drops.rbegin(); drop != drops.rend(); ++drop) {
    const double dx = x - drop->x;
    const double dy = y - drop->y;
    const double squared = dx * dx + dy * dy;
    const double area = drop->radius * drop->radius;
    if (squared <= area) return kShades[static_cast<size_t>(drop->shade)];
    const double pull = std::sqrt(1 - area / squared);
    x = drop->x + dx * pull;
    y = drop->y + dy * pull;
  }
  return kShades[0];
}

}  // namespace

std::string drawInk(int columns, int rows, int drops, uint64_t seed) {
  const std::vector<Drop> scattered = scatter(columns, rows, drops, seed);
  std::string picture;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      picture += inkAt(column + 0.5, (row + 0.5) * kAspect, scattered);
    }
    picture += '\n';
  }
  return picture;
}

namespace {

void lolwutCommand(CommandContext& context) {
  constexpr int64_t kVersionUnasked = 0;
  constexpr int kMax = 160;
  auto args = context.args.subspan(1);
  int64_t version = kVersionUnasked;
  if (args.size() >= 2 && equalsIgnoreCase(args[0], "version")) {
    if (!context.parseInteger(args[1], version)) return;
    args = args.subspan(2);
  }
  // These are columns, rows and drops, as far as they are given. Other words are no errors, as this
  // is not serious.
  std::array<int64_t, 3> sizes = {66, 20, 24};
  if (version != kVersionUnasked) {
    for (size_t i = 0; i < std::min(args.size(), sizes.size()); ++i) {
      if (!context.parseInteger(args[i], sizes[i])) return;
      sizes[i] = std::clamp<int64_t>(sizes[i], 1, kMax);
    }
  }
  const auto seed = static_cast<uint64_t>(context.runtime().clock.unixUs());
  std::string text = drawInk(static_cast<int>(sizes[0]), static_cast<int>(sizes[1]),
                             static_cast<int>(sizes[2]), seed);
  text += fmt::format("\nInk in water. Redis ver. {}, Inkstone {}\n", kRedisVersion, kVersion);
  context.reply.verbatim("txt", text);
}

constexpr CommandRow kRows[] = {
    {.name = "lolwut",
     .syntax = "integer:version=VERSION?",
     .arity = -1,
     .flags = kCmdReadonly | kCmdFast,
     .handler = lolwutCommand,
     .since = "5.0.0",
     .group = "server",
     .summary = "Draws a picture."},
};

}  // namespace

CommandRows lolwutRows() {
  return kRows;
}

}  // namespace inkstone
