// SPDX-License-Identifier: MIT
#include <cstring>

#include "modules/modules.h"
#include "types/number.h"

namespace pebble {
namespace {

// _random.Generator: the generator MT19937 (Matsumoto and Nishimura, 1998), seeded and read as
// CPython does, so that a seed gives the same numbers. In a Box, a is a bytes object that holds the
// State.

constexpr size_t kSize = 624;
constexpr size_t kMiddle = 397;

struct State {
    uint32_t words[kSize];
    uint32_t next;  ///< the word to give out; kSize: all are used up
};

State* state_of(Value self) {
    return reinterpret_cast<State*>(as<Bytes>(as<Box>(self)->a)->data);
}

void fill(State* state, uint32_t seed) {
    state->words[0] = seed;
    for (uint32_t i = 1; i < kSize; ++i) {
        const uint32_t before = state->words[i - 1];
        state->words[i] = 1812433253u * (before ^ (before >> 30)) + i;
    }
    state->next = kSize;
}

/// Mixes all digits of a key into the state.
void fill_by_key(State* state, const std::vector<uint32_t>& key) {
    fill(state, 19650218u);
    uint32_t* words = state->words;
    size_t i = 1;
    const auto step = [&](uint32_t factor) {
        const uint32_t before = words[i - 1];
        words[i] ^= (before ^ (before >> 30)) * factor;
    };
    const auto advance = [&] {
        if (++i == kSize) {
            words[0] = words[kSize - 1];
            i = 1;
        }
    };
    for (size_t k = 0; k < std::max(kSize, key.size()); ++k) {
        const size_t j = k % key.size();
        step(1664525u);
        words[i] += key[j] + static_cast<uint32_t>(j);
        advance();
    }
    for (size_t k = 1; k < kSize; ++k) {
        step(1566083941u);
        words[i] -= static_cast<uint32_t>(i);
        advance();
    }
    words[0] = 0x80000000u;
}

uint32_t next_word(State* state) {
    uint32_t* words = state->words;
    if (state->next >= kSize) {
        for (size_t i = 0; i < kSize; ++i) {
            const uint32_t joined =
                (words[i] & 0x80000000u) | (words[(i + 1) % kSize] & 0x7fffffffu);
            words[i] = words[(i + kMiddle) % kSize] ^ (joined >> 1) ^
                       ((joined & 1) != 0 ? 0x9908b0dfu : 0);
        }
        state->next = 0;
    }
    uint32_t y = words[state->next++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

Ref seed_method(Value self, const Args& args) {
    if (!is_int(args[0])) {
        return raise_type("the seed must be an int");
    }
    BigInt key = to_big(args[0]);
    if (key.digits.empty()) {
        key.digits.push_back(0);
    }
    fill_by_key(state_of(self), key.digits);
    return Ref::own(none());
}

Ref random_method(Value self, const Args&) {
    State* state = state_of(self);
    const uint32_t high = next_word(state) >> 5;
    const uint32_t low = next_word(state) >> 6;
    return new_float((high * 67108864.0 + low) * (1.0 / 9007199254740992.0));
}

Ref getrandbits(Value self, const Args& args) {
    int64_t bits = 0;
    if (!to_int64(args[0], &bits)) {
        return {};
    }
    if (bits < 0) {
        return raise(vm.exceptions.ValueError, "number of bits must be non-negative");
    }
    BigInt big;
    for (; bits > 0; bits -= 32) {
        big.digits.push_back(next_word(state_of(self)) >> (bits < 32 ? 32 - bits : 0));
    }
    big.trim();
    return from_big(big, vm.classes.int_);
}

Ref getstate(Value self, const Args&) {
    const State* state = state_of(self);
    Ref tuple = new_tuple(kSize + 1);
    for (size_t i = 0; tuple && i <= kSize; ++i) {
        tuple.as<Tuple>()->items[i] = small(i < kSize ? state->words[i] : state->next);
    }
    return tuple;
}

Ref setstate(Value self, const Args& args) {
    State state = {};
    Items items{};
    if (!items_of(args[0], &items) || items.count != kSize + 1) {
        return raise(vm.exceptions.ValueError, "state vector is the wrong size");
    }
    for (size_t i = 0; i <= kSize; ++i) {
        int64_t word = 0;
        if (!to_int64(items.data[i], &word)) {
            return {};
        }
        (i < kSize ? state.words[i] : state.next) = static_cast<uint32_t>(word);
    }
    *state_of(self) = state;
    return Ref::own(none());
}

Ref create(Class* cls, const Args&) {
    Ref words = new_bytes(std::string(sizeof(State), '\0'));
    return words ? make_box(cls, words) : Ref();
}

const NativeDef kMethods[] = {{"seed", seed_method, "n /"},
                              {"random", random_method, ""},
                              {"getrandbits", getrandbits, "k /"},
                              {"getstate", getstate, ""},
                              {"setstate", setstate, "state /"},
                              {nullptr, nullptr, nullptr}};
NativeClass random_class = {
    "Generator", kBox, {.create = create}, kMethods, nullptr, true, "_random"};

}  // namespace

bool fill_random(Module* module) {
    Class* cls = make_native_class(random_class, vm.classes.object);
    return cls != nullptr && module_set(module, "Generator", val(cls));
}

}  // namespace pebble
