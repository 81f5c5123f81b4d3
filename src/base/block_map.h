// SPDX-License-Identifier: MIT
// A map from addresses, of which no two lie in the same 32 bytes, to pointers. The pointers of
// neighbours lie side by side, in blocks of 32, and a hash map finds the block. So addresses that
// are used one after the other meet one memory line after the other, as in an array, and yet an
// address alone in its block costs 300 bytes. Addition can fail.
#ifndef CAIRN_BASE_BLOCK_MAP_H
#define CAIRN_BASE_BLOCK_MAP_H

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/memory.h"
#include "base/pointer_map.h"

namespace cairn {

template <typename T>
class BlockMap {
  public:
    static constexpr size_t kGranule = 32;

    [[nodiscard]] size_t size() const { return size_; }

    // nullptr when `key` is not there.
    [[nodiscard]] T* find(const void* key) {
        const Block* block = find_block(key);
        return block == nullptr ? nullptr : block->items[index_of(key)];
    }

    // Where the pointer of `key` is. It is added as nullptr if it is not there, and then must be
    // set before any other call. nullptr when memory is out. Valid until the map changes.
    [[nodiscard]] T** find_or_add(Memory& memory, const void* key) {
        Block* block = find_block(key);
        if (block == nullptr) {
            block = add_block(memory, key);
            if (block == nullptr) {
                return nullptr;
            }
        }
        T** item = &block->items[index_of(key)];
        const bool is_new = *item == nullptr;
        block->count += is_new;
        size_ += is_new;
        return item;
    }

    // Puts another pointer, not nullptr, in place of that of `key`, if it is there.
    void replace(const void* key, T* item) {
        if (Block* block = find_block(key)) {
            block->items[index_of(key)] = item;
        }
    }

    // Removes `key`. Returns its pointer, or nullptr if it is not there.
    T* take(Memory& memory, const void* key) {
        Block* block = find_block(key);
        T* item = block == nullptr ? nullptr : block->items[index_of(key)];
        if (item != nullptr) {
            block->items[index_of(key)] = nullptr;
            --size_;
            if (--block->count == 0 && !block->is_spare) {
                block->is_spare = true;
                keep_spare(memory, block_key(key));
            }
        }
        return item;
    }

    // Is `key` in the block found last, or would it be? Then the two functions below do for it what
    // those above do, in a straight line.
    [[nodiscard]] bool is_at_hand(const void* key) const { return block_key(key) == last_key_; }

    // Adds `key`, which is not there.
    void add_at_hand(const void* key, T* item) {
        last_->items[index_of(key)] = item;
        ++last_->count;
        ++size_;
    }

    // Removes `key`, which is there. False, with nothing done: take() has more to do for it.
    bool remove_at_hand(const void* key) {
        if (last_->count == 1 && !last_->is_spare) {
            return false;
        }
        last_->items[index_of(key)] = nullptr;
        --last_->count;
        --size_;
        return true;
    }

    // Calls `visit(start, item)` for each pointer; its key lies in the 32 bytes from `start` on.
    template <typename F>
    void for_each(F visit) const {
        blocks_.for_each([&visit](const void* key, const Block& block) {
            for (size_t i = 0; i < kItems; ++i) {
                if (block.items[i] != nullptr) {
                    visit(static_cast<const std::byte*>(key) + i * kGranule, block.items[i]);
                }
            }
        });
    }

    // Gives back the blocks that are empty, and what the blocks left do not need.
    void shrink(Memory& memory) {
        for (size_t i = 0; i < kSpares; ++i) {
            keep_spare(memory, nullptr);
        }
        blocks_.shrink(memory);
        last_key_ = nullptr;
    }

    void release(Memory& memory) {
        blocks_.for_each([&memory](const void*, const Block& block) {
            memory.release_table(static_cast<void*>(block.items), kBlockBytes);
        });
        blocks_.release(memory);
        last_key_ = nullptr;
        size_ = 0;
    }

  private:
    static constexpr size_t kItems = 32;
    static constexpr size_t kBlockBytes = kItems * sizeof(T*);
    static constexpr uintptr_t kSpan = kItems * kGranule;

    struct Block {
        T** items = nullptr;
        uint32_t count = 0;     // pointers in it
        bool is_spare = false;  // among the spares; it may have been used again since
    };

    static const void* block_key(const void* key) {
        return reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(key) & ~(kSpan - 1));
    }

    static size_t index_of(const void* key) {
        return reinterpret_cast<uintptr_t>(key) / kGranule % kItems;
    }

    // Mostly it is the block of the time before.
    Block* find_block(const void* key) {
        const void* wanted = block_key(key);
        if (wanted != last_key_) {
            last_ = blocks_.find(wanted);
            last_key_ = last_ == nullptr ? nullptr : wanted;
        }
        return last_;
    }

    // Not inline, so that the usual case keeps no registers for it.
    [[gnu::noinline]] Block* add_block(Memory& memory, const void* key) {
        last_key_ = nullptr;
        auto** items = static_cast<T**>(memory.allocate_table(kBlockBytes));
        Block* block = items == nullptr ? nullptr : blocks_.find_or_add(memory, block_key(key));
        if (block == nullptr) {
            memory.release_table(static_cast<void*>(items), kBlockBytes);
            return nullptr;
        }
        std::memset(static_cast<void*>(items), 0, kBlockBytes);
        block->items = items;
        return block;
    }

    // An empty block stays for a while, against freeing and asking in turn: until some others have
    // become empty too.
    [[gnu::noinline]] void keep_spare(Memory& memory, const void* key) {
        const void* oldest = spares_[next_spare_];
        spares_[next_spare_] = key;
        next_spare_ = (next_spare_ + 1) % kSpares;
        Block* block = oldest == nullptr ? nullptr : blocks_.find(oldest);
        if (block == nullptr) {
            return;
        }
        block->is_spare = false;
        if (block->count == 0) {
            memory.release_table(static_cast<void*>(block->items), kBlockBytes);
            last_key_ = nullptr;
            blocks_.remove(oldest);
        }
    }

    static constexpr size_t kSpares = 8;

    PointerMap<Block> blocks_;
    const void* last_key_ = nullptr;  // of the block found last, as long as it is where it was
    Block* last_ = nullptr;
    size_t size_ = 0;
    const void* spares_[kSpares] = {};
    size_t next_spare_ = 0;
};

}  // namespace cairn

#endif
