// SPDX-License-Identifier: MIT
/// The heap's life: options, types, its end, and what must hold then.
#include "machine.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cairn_fuzz {

void fail(const char* what) {
    (void)std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

void* Blocks::allocate(size_t size, size_t alignment, void* user_data) {
    auto* blocks = static_cast<Blocks*>(user_data);
    require(size > 0 && alignment > 0 && (alignment & (alignment - 1)) == 0, "a strange request");
    const size_t rounded = (size + alignment - 1) & ~(alignment - 1);
    void* block =
        std::aligned_alloc(alignment < sizeof(void*) ? sizeof(void*) : alignment, rounded);
    if (block != nullptr) {
        std::memset(block, 0xA5, size < 4096 ? size : 4096);
        blocks->out_[block] = {size, alignment};
    }
    return block;
}

void Blocks::release(void* block, size_t size, size_t alignment, void* user_data) {
    auto* blocks = static_cast<Blocks*>(user_data);
    const auto found = blocks->out_.find(block);
    require(found != blocks->out_.end(), "a block that is not out came back");
    require(found->second.size == size && found->second.alignment == alignment,
            "a block came back with another size or alignment");
    blocks->out_.erase(found);
    std::free(block);
}

bool Machine::start() {
    constexpr uint32_t kOptions = 0x3F;  // all but huge pages
    cairn_heap_options options;
    cairn_heap_options_init(&options);
    flags_ = bytes_.byte() & kOptions;
    options.flags = flags_;
    options.allocator = blocks_.allocator();
    options.on_unraisable = at_error;
    options.user_data = this;
    may_leak_ = (flags_ & CAIRN_HEAP_STRONG_WEAKKEY_VALUES) != 0;
    heap_ = cairn_heap_new(&options);
    require(heap_ != nullptr, "no heap");
    cairn_collect_every_for_testing(heap_, 0);
    make_types();
    return true;
}

void Machine::make_types() {
    for (size_t i = 0; i < kFirstLate; ++i) {
        const auto kind = static_cast<Kind>(i);
        cairn_type_spec spec = {};
        spec.name = "node";
        spec.object_size = sizeof(Node) + kSlots * sizeof(cairn_object*);
        spec.slots_offset = sizeof(Node);
        spec.slot_count = kSlots;
        spec.user_data = this;
        spec.dealloc = kind == kPlain || kind == kAtomic ? nullptr : dealloc;
        switch (kind) {
            case kFin:
                spec.finalize = finalize;
                break;
            case kQueued:
                spec.finalize = finalize;
                spec.flags = CAIRN_TYPE_QUEUE_FINALIZER;
                break;
            case kCustom:
                spec.slots_offset = spec.slot_count = 0;
                spec.traverse = traverse;
                spec.clear = clear;
                spec.finalize = finalize;
                break;
            case kItems:
                spec.object_size = sizeof(Node);
                spec.slots_offset = spec.slot_count = 0;
                spec.flags = CAIRN_TYPE_ITEMS_ARE_SLOTS;
                spec.item_size = sizeof(cairn_object*);
                spec.item_count_offset = offsetof(Node, count);
                break;
            case kList:
                spec.object_size = sizeof(List);
                spec.slots_offset = spec.slot_count = 0;
                spec.array_offset = offsetof(List, records);
                spec.array_count_offset = offsetof(List, length);
                spec.clear = clear_list;
                spec.dealloc = dealloc_list;
                break;
            case kAtomic:
                spec.flags = CAIRN_TYPE_TAGGED_SLOTS | CAIRN_TYPE_UNTRACK_ATOMIC;
                break;
            case kByHand:
                spec.flags = CAIRN_TYPE_TRACK_BY_HAND | CAIRN_TYPE_COUNT_WHEN_TRACKED;
                break;
            case kKey:
                spec.hash = hash;
                spec.equal = equal;
                break;
            case kLeaf:
            case kLeafKey:
                spec.object_size = sizeof(Node);
                spec.slots_offset = spec.slot_count = 0;
                if (kind == kLeafKey) {
                    spec.finalize = finalize;
                    spec.hash = hash;
                    spec.equal = equal;
                }
                break;
            case kLarge:
                spec.object_size = 40000;
                break;
            default:
                break;
        }
        require(cairn_type_new(heap_, &spec, &types_[i]) == CAIRN_OK, "no type");
    }
    make_late_types();
    make_giant_types();
    cairn_type_spec spec = {};
    spec.name = "reference";
    spec.flags = CAIRN_TYPE_WEAKREF;
    spec.object_size = CAIRN_WEAKREF_SIZE + sizeof(cairn_object*);
    spec.slots_offset = CAIRN_WEAKREF_SIZE;
    spec.slot_count = 1;
    require(cairn_type_new(heap_, &spec, &ref_type_) == CAIRN_OK, "no type of references");
    spec.object_size = CAIRN_WEAKREF_SIZE + kHubSlots * sizeof(cairn_object*);
    spec.slot_count = kHubSlots;
    require(cairn_type_new(heap_, &spec, &hub_ref_type_) == CAIRN_OK, "no type of references");
}

void Machine::make_giant_types() {
    cairn_type_spec spec = {};
    spec.name = "vast";
    spec.object_size = sizeof(Node);
    spec.item_size = size_t{1} << 16;
    spec.item_count_offset = offsetof(Node, count);
    spec.user_data = this;
    require(cairn_type_new(heap_, &spec, &types_[kVast]) == CAIRN_OK, "no type");
    spec.finalize = finalize;
    spec.dealloc = dealloc;
    require(cairn_type_new(heap_, &spec, &types_[kVastFin]) == CAIRN_OK, "no type");
    spec = {};
    spec.name = "hub";
    spec.object_size = sizeof(Node) + kHubSlots * sizeof(cairn_object*);
    spec.slots_offset = sizeof(Node);
    spec.slot_count = kHubSlots;
    spec.hash = hash;
    spec.equal = equal;
    spec.user_data = this;
    require(cairn_type_new(heap_, &spec, &types_[kHubKey]) == CAIRN_OK, "no type");
}

void Machine::make_late_types() {
    cairn_type_spec spec = {};
    spec.name = "buffer";
    spec.object_size = sizeof(Buffered);
    spec.buffer_offset = offsetof(Buffered, items);
    spec.user_data = this;
    spec.flags = CAIRN_TYPE_ARRAY_BACKWARDS;
    require(cairn_type_new(heap_, &spec, &types_[kBuffer]) == CAIRN_OK, "no type");
    spec.flags = CAIRN_TYPE_PLAIN_BUFFER;
    spec.record_size = kTextRecord;
    require(cairn_type_new(heap_, &spec, &types_[kText]) == CAIRN_OK, "no type");
    spec.flags = 0;
    spec.record_size = sizeof(Entry);
    spec.record_slots = 2;
    spec.other_keys_offset = offsetof(Buffered, has_other_keys);
    spec.slots_offset = offsetof(Buffered, slot);
    spec.slot_count = 1;
    spec.finalize = finalize;
    spec.dealloc = dealloc;
    require(cairn_type_new(heap_, &spec, &types_[kTable]) == CAIRN_OK, "no type");
}

void Machine::verify() {
    require(cairn_verify_for_testing(heap_) == 1, "the verifier found fault");
}

void Machine::drop_everything() {
    for (cairn_weakmap_iterator& iterator : iterators_) {
        if (iterator.map != nullptr) {
            cairn_weakmap_iterator_close(&iterator);
            iterator = {};
        }
    }
    for (size_t i = 0; i < kVariables; ++i) {
        assign(i, nullptr);
    }
}

// From here on user code does nothing, so that the end is one.
void Machine::finish() {
    closing_ = true;
    cairn_fail_allocation_for_testing(heap_, 0);
    cairn_heap_set_memory_limit(heap_, 0);
    cairn_heap_set_soft_limit(heap_, 0, nullptr, nullptr);
    size_t held = 0;
    if (bytes_.byte() % 4 == 1) {  // The host leaks what it holds.
        for (cairn_weakmap_iterator& iterator : iterators_) {
            cairn_weakmap_iterator_close(&iterator);
        }
        for (cairn_object* object : variables_) {
            held += object != nullptr && cairn_is_immortal(object) == 0 ? 1U : 0U;
        }
        held = held > 0 ? 1 : 0;  // All of them may be one.
    } else {
        drop_everything();
        verify();
    }
    const size_t leaked = cairn_heap_free(heap_);
    heap_ = nullptr;
    require(leaked != SIZE_MAX, "the heap was not freed");
    require(leaked >= held, "what the host holds is not leaked");
    require(held > 0 || may_leak_ || leaked == 0, "the heap has leaked");
    require(blocks_.count() == 0, "blocks were not given back");
    for (const Record& record : records_) {
        require(record.is_dead || !record.has_dealloc, "an object was not deallocated");
    }
}

void Machine::run() {
    if (!start()) {
        return;
    }
    while (!bytes_.is_empty() && operations_ < kMostOperations) {
        operate(nullptr);
        require(depth_ == 0 && no_close_ == 0, "user code did not return");
        if (operations_ % 32 == 0) {
            verify();
        }
    }
    verify();
    finish();
}

}  // namespace cairn_fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size > 0) {
        cairn_fuzz::Machine(data, size).run();
    }
    return 0;
}
