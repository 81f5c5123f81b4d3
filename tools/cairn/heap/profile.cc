// SPDX-License-Identifier: MIT
/// Profiles for pprof: protocol buffers written by hand, compressed by zlib.
#include <limits>
#include <stdexcept>
#include <unordered_map>
#include <zlib.h>

#include "sites.h"

namespace tool::heap {
namespace {

// The numbers of the fields, from github.com/google/pprof/proto/profile.proto.
namespace profile {
enum : uint32_t {
    kSampleType = 1,
    kSample = 2,
    kLocation = 4,
    kFunction = 5,
    kStringTable = 6,
    kTimeNanos = 9,
    kPeriodType = 11,
    kPeriod = 12,
    kDefaultSampleType = 14
};
}  // namespace profile

class Message {
  public:
    Message& number(uint32_t field, uint64_t value) {
        if (value != 0) {
            varint(uint64_t{field} << 3);
            varint(value);
        }
        return *this;
    }
    Message& bytes(uint32_t field, std::string_view value) {
        varint(uint64_t{field} << 3 | 2);
        varint(value.size());
        out_.append(value);
        return *this;
    }
    Message& numbers(uint32_t field, const std::vector<uint64_t>& values) {
        Message packed;
        for (const uint64_t value : values) {
            packed.varint(value);
        }
        return bytes(field, packed.out_);
    }
    [[nodiscard]] const std::string& text() const { return out_; }

  private:
    void varint(uint64_t value) {
        for (; value >= 0x80; value >>= 7) {
            out_ += static_cast<char>(value | 0x80);
        }
        out_ += static_cast<char>(value);
    }

    std::string out_;
};

class ProfileWriter {
  public:
    explicit ProfileWriter(const HeapModel& model) : s_(model.snapshot) { (void)intern(""); }

    std::string run() {
        write_types();
        const std::vector<SiteSums> sums = sum_sites(s_);
        for (uint32_t site = 0; site < s_.sites.size(); ++site) {
            write_sample(site, sums[site]);
        }
        write_functions();
        out_.number(profile::kTimeNanos, s_.origin.time_ms * 1'000'000);
        for (const std::string& text : texts_) {
            out_.bytes(profile::kStringTable, text);
        }
        return out_.text();
    }

  private:
    uint64_t intern(std::string_view text) {
        const auto [at, is_new] = by_text_.emplace(std::string(text), texts_.size());
        if (is_new) {
            texts_.emplace_back(text);
        }
        return at->second;
    }

    std::string value_type(std::string_view type, std::string_view unit) {
        return Message().number(1, intern(type)).number(2, intern(unit)).text();
    }

    void write_types() {
        out_.bytes(profile::kSampleType, value_type("alloc_objects", "count"));
        out_.bytes(profile::kSampleType, value_type("alloc_space", "bytes"));
        out_.bytes(profile::kSampleType, value_type("inuse_objects", "count"));
        out_.bytes(profile::kSampleType, value_type("inuse_space", "bytes"));
        out_.bytes(profile::kPeriodType, value_type("space", "bytes"));
        out_.number(profile::kPeriod, std::max<uint64_t>(s_.origin.sample_interval, 1));
        out_.number(profile::kDefaultSampleType, intern("inuse_space"));
    }

    void write_sample(uint32_t site, const SiteSums& sums) {
        if (sums.all_count == 0 && sums.live_count == 0) {
            return;
        }
        constexpr size_t kMostFrames = 1000;
        std::vector<uint64_t> locations;
        for (const uint32_t at : call_stack(s_, site, kMostFrames)) {
            locations.push_back(uint64_t{s_.sites[at].function} + 1);
        }
        Message sample;
        sample.numbers(1, locations);
        sample.numbers(2, {sums.all_count, sums.all_bytes, sums.live_count, sums.live_bytes});
        out_.bytes(profile::kSample, sample.text());
    }

    /// A location is a line of a function; a snapshot has one for each function.
    void write_functions() {
        for (size_t i = 0; i < s_.functions.size(); ++i) {
            const Function& function = s_.functions[i];
            const uint64_t id = i + 1;
            const uint64_t name = intern(s_.texts[function.name]);
            const std::string line = Message().number(1, id).number(2, function.line).text();
            out_.bytes(profile::kLocation, Message().number(1, id).bytes(4, line).text());
            out_.bytes(profile::kFunction,
                       Message()
                           .number(1, id)
                           .number(2, name)
                           .number(3, name)
                           .number(4, intern(s_.texts[function.file]))
                           .number(5, function.line)
                           .text());
        }
    }

    const Snapshot& s_;
    Message out_;
    std::vector<std::string> texts_;
    std::unordered_map<std::string, uint64_t> by_text_;
};

}  // namespace

std::string make_profile(const HeapModel& model) {
    return ProfileWriter(model).run();
}

std::string compress(const std::string& bytes) {
    constexpr int kGzip = 15 + 16;
    constexpr int kMemoryLevel = 8;
    z_stream stream = {};
    if (bytes.size() > std::numeric_limits<uInt>::max() / 2 ||
        deflateInit2(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
            Z_OK) {
        throw std::runtime_error("the profile is too large, or memory ran out");
    }
    std::string in = bytes;
    std::string out(deflateBound(&stream, in.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    (void)deflateEnd(&stream);
    if (status != Z_STREAM_END) {
        throw std::runtime_error("zlib cannot compress the profile");
    }
    return out;
}

}  // namespace tool::heap
