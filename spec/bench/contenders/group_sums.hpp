// Sums by two strings: an open table that compares hashes first, then texts.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

struct Key {
  std::string_view text;
  bool is_missing;
};

struct Group {
  std::string texts[2];
  bool missing[2];
  uint64_t hash;
  uint64_t count;
  double sum;
};

class GroupSums {
public:
  GroupSums() : slots(1 << 12, nullptr) {
  }

  void add(Key first, Key second, double amount) {
    const uint64_t hash = mix(hash_of(first) ^ (hash_of(second) * 0x9e3779b97f4a7c15u));
    Group &group = find(hash, first, second);
    group.count += 1;
    group.sum += amount;
  }

  const std::deque<Group> &all() const {
    return groups;
  }

private:
  std::deque<Group> groups;
  std::vector<Group *> slots;

  static uint64_t mix(uint64_t x) {
    const __uint128_t product = static_cast<__uint128_t>(x) * 0xd6e8feb86659fd93u;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  static uint64_t word_at(const char *text, size_t size) {
    uint64_t word = 0;
    std::memcpy(&word, text, size);
    return word;
  }

  // Eight bytes at a time; the last eight overlap those before.
  static uint64_t hash_of(Key key) {
    const size_t size = key.text.size();
    const char *text = key.text.data();
    uint64_t hash = size + (key.is_missing ? 0x100000000u : 0);
    if (size < 8) {
      return mix(hash ^ word_at(text, size));
    }
    for (size_t at = 0; at + 8 < size; at += 8) {
      hash = mix(hash ^ word_at(text + at, 8));
    }
    return mix(hash ^ word_at(text + size - 8, 8));
  }

  static bool is_same(const Group &group, int which, Key key) {
    return group.missing[which] == key.is_missing && group.texts[which] == key.text;
  }

  Group &find(uint64_t hash, Key first, Key second) {
    for (size_t at = hash & (slots.size() - 1);; at = (at + 1) & (slots.size() - 1)) {
      Group *group = slots[at];
      if (!group) {
        return insert(hash, first, second);
      }
      if (group->hash == hash && is_same(*group, 0, first) && is_same(*group, 1, second)) {
        return *group;
      }
    }
  }

  Group &insert(uint64_t hash, Key first, Key second) {
    if (groups.size() * 2 >= slots.size()) {
      grow();
    }
    groups.push_back({{std::string(first.text), std::string(second.text)},
                      {first.is_missing, second.is_missing},
                      hash,
                      0,
                      0});
    place(groups.back());
    return groups.back();
  }

  void place(Group &group) {
    size_t at = group.hash & (slots.size() - 1);
    while (slots[at]) {
      at = (at + 1) & (slots.size() - 1);
    }
    slots[at] = &group;
  }

  void grow() {
    slots.assign(slots.size() * 2, nullptr);
    for (Group &group : groups) {
      place(group);
    }
  }
};
