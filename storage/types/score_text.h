// Scores of sorted sets as text: what replies show, and what listpacks keep.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inkstone {

// Has room for the text of any score.
using ScoreText = std::array<char, 32>;

// Writes a score as Redis 7.2 prints doubles: the shortest digits that read back as the same
// number. Whole numbers up to 2^62 in magnitude have no exponent, others are plain digits where
// that takes at most 7 zeros behind the digits, 6 digits behind the point or 3 leading zeros, else
// d.ddde+N. There are also "inf", "-inf", "nan" and "-0". The view is to `room`.
std::string_view scoreText(double score, ScoreText& room);

// Writes a score as "%.17g" does: with 17 digits at most, which tell every number from its
// neighbours. ZSCAN shows the scores of big sets so, and digests are made of it.
std::string_view fullScoreText(double score, ScoreText& room);

// Reads what scoreText() wrote, or the text of any number; gives nan if it is none.
double scoreFromText(std::string_view text);

// Tells whether the score is a whole number of at most 2^62 in magnitude, and which: a listpack
// keeps those as integers. -0 counts as 0.
bool wholeScore(double score, int64_t& whole);

}  // namespace inkstone
