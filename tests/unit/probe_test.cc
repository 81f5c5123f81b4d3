// SPDX-License-Identifier: MIT
/// How many places of a weak container's index are looked at, for hashes of all patterns.
#include "weakref/probe.h"

#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace cairn_test {
namespace {

struct Lengths {
    double mean;
    uint32_t longest;
};

/// Fills the index of a table that is as full as tables get: half its places are used.
Lengths fill(const std::vector<uint64_t>& hashes) {
    const auto size = static_cast<uint32_t>(2 * hashes.size());
    std::vector<bool> taken(size);
    size_t looks = 0;
    uint32_t longest = 0;
    for (const uint64_t hash : hashes) {
        cairn::Probe probe(hash, size);
        uint32_t length = 1;
        for (; taken[probe.place()]; ++length) {
            probe.next();
        }
        taken[probe.place()] = true;
        looks += length;
        longest = length > longest ? length : longest;
    }
    return {static_cast<double>(looks) / static_cast<double>(hashes.size()), longest};
}

constexpr size_t kCount = size_t{1} << 17;

template <typename HashOf>
std::vector<uint64_t> hashes(HashOf hash_of) {
    std::vector<uint64_t> all(kCount);
    for (size_t i = 0; i < kCount; ++i) {
        all[i] = hash_of(i);
    }
    return all;
}

/// Identity hashes of objects made one after the other, in segments that lie `gap` apart.
std::vector<uint64_t> addresses(size_t cell_size, size_t gap) {
    const size_t in_page = 65536 / cell_size;
    return hashes([=](size_t i) {
        const size_t page = i / in_page;
        const size_t address = (1000 + page / 60 * gap) * (size_t{4} << 20) +
                               (4 + page % 60) * 65536 + i % in_page * cell_size;
        return address >> 4;
    });
}

TEST(ProbeTest, AddressesOfNeighboursAreFoundAtOnce) {
    for (const size_t cell_size : {32U, 48U, 64U, 96U, 256U, 1024U, 16384U}) {
        for (const size_t gap : {1U, 2U, 5U}) {
            const Lengths lengths = fill(addresses(cell_size, gap));
            EXPECT_LE(lengths.mean, 1.6) << cell_size << " " << gap;
            EXPECT_LE(lengths.longest, 40u) << cell_size << " " << gap;
        }
    }
}

TEST(ProbeTest, NeighboursLieSideBySide) {
    size_t apart = 0;
    for (uint64_t hash = 100000; hash < 101024; ++hash) {
        const uint32_t place = cairn::Probe(hash, 1024).place();
        apart += cairn::Probe(hash + 1, 1024).place() != (place + 1) % 1024;
    }
    EXPECT_LE(apart, 1u);
}

TEST(ProbeTest, NoPatternPilesUp) {
    for (uint32_t shift = 0; shift + 17 <= 64; ++shift) {
        const Lengths lengths = fill(hashes([shift](size_t i) { return i << shift; }));
        EXPECT_LE(lengths.mean, 4.0) << shift;
        EXPECT_LE(lengths.longest, 40u) << shift;
    }
    // Made for this index of 2^18 places: the first place is the same for all.
    const Lengths lengths = fill(hashes([](size_t i) {
        const uint64_t high = i + 1;
        return (high << 18) + ((uint64_t{1} << 18) - high % (uint64_t{1} << 18));
    }));
    EXPECT_LE(lengths.mean, 4.0);
    EXPECT_LE(lengths.longest, 40u);
}

TEST(ProbeTest, RandomHashesTakeTheUsualNumber) {
    std::mt19937_64 random(1);  // NOLINT(cert-msc51-cpp): the same numbers in each run
    const Lengths lengths = fill(hashes([&random](size_t) { return random(); }));
    EXPECT_LE(lengths.mean, 1.5);
    EXPECT_LE(lengths.longest, 40u);
}

TEST(ProbeTest, EveryPlaceIsVisited) {
    for (const uint64_t hash : {uint64_t{0}, uint64_t{1} << 40, UINT64_MAX}) {
        const uint32_t size = 1024;
        std::vector<bool> seen(size);
        cairn::Probe probe(hash, size);
        for (uint32_t i = 0; i < 4 * size; ++i) {
            seen[probe.place()] = true;
            probe.next();
        }
        for (uint32_t i = 0; i < size; ++i) {
            EXPECT_TRUE(seen[i]) << hash << " " << i;
        }
    }
}

}  // namespace
}  // namespace cairn_test
