// SPDX-License-Identifier: MIT
/// The default allocator and what takes memory beside the heap, when the system gives no more.
#include "base/memory.h"
#include "heap/heap.h"
#include "heap_test.h"

// At level 3 each full collection verifies the heap, and ends the process without memory for that.
#if CAIRN_MAPS_SEGMENTS && CAIRN_CHECK_LEVEL < 3
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cairn_test {
namespace {

/// While one lives the process gets `more` bytes of address space at most.
class NoMoreMemory {
  public:
    explicit NoMoreMemory(size_t more) {
        EXPECT_EQ(getrlimit(RLIMIT_AS, &before_), 0);
        rlimit limit = before_;
        limit.rlim_cur = bytes_in_use() + more;
        EXPECT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
    }
    ~NoMoreMemory() { EXPECT_EQ(setrlimit(RLIMIT_AS, &before_), 0); }
    NoMoreMemory(const NoMoreMemory&) = delete;
    NoMoreMemory& operator=(const NoMoreMemory&) = delete;

  private:
    static size_t bytes_in_use() {
        char line[64] = {};
        std::FILE* file = std::fopen("/proc/self/statm", "r");
        EXPECT_NE(file, nullptr);
        EXPECT_NE(std::fgets(line, sizeof line, file), nullptr);
        std::fclose(file);
        return std::strtoull(line, nullptr, 10) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
    }

    rlimit before_{};
};

/// Emulators of other processors know no limit.
bool is_limited() {
    constexpr size_t kMuch = size_t{64} << 20;
    const NoMoreMemory limit(0);
    void* block = mmap(nullptr, kMuch, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) {
        return true;
    }
    munmap(block, kMuch);
    return false;
}

constexpr size_t kSize = cairn::kSegmentSize;
constexpr size_t kWedge = kSize + (size_t{64} << 10);

TEST(AddressSpaceTest, ASegmentIsRefusedOrAligned) {
    if (!is_limited()) {
        GTEST_SKIP() << "the limit of the address space is not kept";
    }
    const cairn_allocator allocator = cairn::default_allocator();
    std::vector<void*> blocks;
    std::vector<void*> wedges;
    int refused = 0;
    for (int i = 0; i < 8; ++i) {
        // Something in between that fits no gap, so that the next is not aligned by chance.
        wedges.push_back(mmap(nullptr, kWedge, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        // Nothing at first; then enough for the block, but not for finding an aligned place for it.
        for (const size_t more : {size_t{0}, kSize + (size_t{64} << 10), 4 * kSize}) {
            const NoMoreMemory limit(more);
            void* block = allocator.allocate(kSize, kSize, nullptr);
            refused += block == nullptr ? 1 : 0;
            EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % kSize, 0u);
            EXPECT_TRUE(block != nullptr || more < 4 * kSize);
            if (block != nullptr) {
                std::memset(block, 1, kSize);
                blocks.push_back(block);
            }
        }
    }
    EXPECT_GE(refused, 8);
    for (void* block : blocks) {
        allocator.release(block, kSize, kSize, nullptr);
    }
    for (void* wedge : wedges) {
        munmap(wedge, kWedge);
    }
}

class AddressSpaceHeapTest : public ::testing::Test {
  protected:
    void SetUp() override {
        cairn_gc_disable(heap);
        cairn_collect_every_for_testing(heap, 0);
        if (!is_limited()) {
            GTEST_SKIP() << "the limit of the address space is not kept";
        }
    }
    void TearDown() override { EXPECT_EQ(cairn_heap_free(heap), 0u); }

    cairn_type* make_type(uint32_t object_size) {
        cairn_type_spec spec = {};
        spec.name = "leaf";
        spec.object_size = object_size;
        cairn_type* type = nullptr;
        EXPECT_EQ(cairn_type_new(heap, &spec, &type), CAIRN_OK);
        return type;
    }

    static cairn_heap* new_heap(uint32_t flags) {
        cairn_heap_options options;
        cairn_heap_options_init(&options);
        options.flags = flags;
        return cairn_heap_new(&options);
    }

    cairn_heap* heap = new_heap(CAIRN_HEAP_REPORT_LEAKS);
};

TEST_F(AddressSpaceHeapTest, AnObjectIsRefusedAndMadeWhenThereIsRoomAgain) {
    cairn_type* type = make_type(uint32_t{16} << 20);
    {
        const NoMoreMemory limit(0);
        EXPECT_EQ(cairn_new(type), nullptr);
    }
    cairn_object* object = cairn_new(type);
    EXPECT_NE(object, nullptr);
    cairn_decref(object);
}

// The verifier and the leak report take memory beside the heap, and say so if there is none. The
// allocator may have some in reserve from the tests before.
class LookingTest : public AddressSpaceHeapTest {
  protected:
    static constexpr size_t kObjects = 400000;

    void SetUp() override {
        AddressSpaceHeapTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        cairn_type_spec spec = {};
        spec.name = "holder";
        spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
        spec.object_size = sizeof(Array);
        spec.item_size = sizeof(cairn_object*);
        spec.item_count_offset = offsetof(Array, count);
        cairn_type* holder_type = nullptr;
        ASSERT_EQ(cairn_type_new(heap, &spec, &holder_type), CAIRN_OK);
        cairn_type* type = make_type(32);
        holder = cairn_new_var(holder_type, kObjects);
        ASSERT_NE(holder, nullptr);
        for (size_t i = 0; i < kObjects; ++i) {
            *World::item(holder, i) = cairn_new(type);
        }
    }
    void TearDown() override {
        cairn_clear(&holder);
        AddressSpaceHeapTest::TearDown();
    }

    void expect_no_verdict() {
        testing::internal::CaptureStderr();
        int verified = 1;
        {
            const NoMoreMemory limit(0);
            verified = cairn_verify_for_testing(heap);
        }
        const std::string text = testing::internal::GetCapturedStderr();
        if (verified == 1) {
            GTEST_SKIP() << "the allocator had memory in reserve";
        }
        EXPECT_EQ(text, "cairn: verify: the check itself ran out of memory\n");
    }

    cairn_object* holder = nullptr;
};

TEST_F(LookingTest, TheVerifierHasNoMemoryForReferences) {
    expect_no_verdict();
}

TEST_F(LookingTest, TheVerifierHasNoMemoryForFreeCells) {
    for (size_t i = 0; i < kObjects; ++i) {
        cairn_clear(World::item(holder, i));
    }
    expect_no_verdict();
}

TEST_F(LookingTest, TheLeakReportHasNoMemory) {
    testing::internal::CaptureStderr();
    {
        const NoMoreMemory limit(0);
        EXPECT_EQ(cairn_heap_free(heap), kObjects + 1);
    }
    heap = new_heap(0);
    holder = nullptr;
    const std::string text = testing::internal::GetCapturedStderr();
    if (text.find("object(s) are alive") != std::string::npos) {
        GTEST_SKIP() << "the allocator had memory in reserve";
    }
    EXPECT_EQ(text, "cairn: leak: memory for the report ran out\n");
}

}  // namespace
}  // namespace cairn_test

#endif
