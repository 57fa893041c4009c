// Digests of values and of the whole data set, equal to those of Redis's DEBUG DIGEST and DEBUG
// DIGEST-VALUE, so that two servers can be compared.
//
// A digest starts as zeros. "Mixing" bytes in takes their SHA-1, xors it onto the digest and hashes
// the result, so the order counts; "adding" only xors the SHA-1, so it does not.
//   value     mix the type's number (32 bits, big-endian), then a string: mix it; a list: mix each
//             element; a set: add each member; a hash, a sorted set: add, for each pair, a digest
//             with field and value, or member and score ("%.17g"), mixed in; last add "!!expire!!"
//             if the key has a time of expiry
//   key       mix the key, then its value as above
//   data set  per database that has keys: mix its number, add the digests of its keys
#pragma once

#include <string>

#include "server/durability/sha1.h"

namespace inkstone {

struct EncodingRules;
class Entry;
class Keyspace;

Sha1Digest digestOfValue(const Entry& entry, const EncodingRules& rules);
Sha1Digest digestOfDataSet(const Keyspace& keyspace);

std::string hexDigits(const Sha1Digest& digest);

}  // namespace inkstone
