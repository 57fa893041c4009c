// The parts of listpack.h that are worth inlining.
#pragma once

#include "storage/memory_cost.h"
#include "storage/types/listpack_format.h"

namespace inkstone {

inline size_t Listpack::byteCount() const {
  return listpack_format::load<uint32_t>(bytes_);
}

inline size_t Listpack::memoryBytes() const {
  return blockBytes(byteCount());
}

inline Listpack::Cursor Listpack::first() const {
  const Cursor at = bytes_ + kHeaderBytes;
  return *at == listpack_format::kEnd ? nullptr : at;
}

inline Listpack::Cursor Listpack::last() const {
  return empty() ? nullptr : listpack_format::stepBack(end());
}

inline Listpack::Cursor Listpack::next(Cursor at) const {
  at = listpack_format::step(at);
  return *at == listpack_format::kEnd ? nullptr : at;
}

inline Listpack::Cursor Listpack::previous(Cursor at) const {
  return at == bytes_ + kHeaderBytes ? nullptr : listpack_format::stepBack(at);
}

inline Element Listpack::get(Cursor at) {
  return listpack_format::elementAt(at);
}

}  // namespace inkstone
