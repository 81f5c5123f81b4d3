// SPDX-License-Identifier: MIT
// Lua 5.4, through its C API: a full userdata with three user values and a payload. The places
// are a table, so that every node has a reference from one container.

#include <cmath>
#include <lua5.4/lua.hpp>

#include "services.h"

namespace {

class Lua {
  public:
    static constexpr bool kCounted = false;
    using Handle = int;  // nodes under construction lie on Lua's stack, the newest on top

    Lua() : lua_(luaL_newstate()) {
        bench::expect(lua_ != nullptr && lua_checkstack(lua_, 100), "a Lua state");
        lua_gc(lua_, LUA_GCSTOP);
        places(1000);
        const double before = bytes();
        for (size_t i = 0; i < 1000; ++i) {
            make(i);
        }
        node_bytes_ = (bytes() - before) / 1000;
    }

    void places(size_t n) {
        lua_settop(lua_, 0);
        lua_createtable(lua_, static_cast<int>(n), 0);
        collect();
        base_bytes_ = bytes();
    }
    void make(size_t i) {
        new_node();
        lua_rawseti(lua_, 1, static_cast<lua_Integer>(i + 1));
    }
    void clear(size_t i) {
        lua_pushnil(lua_);
        lua_rawseti(lua_, 1, static_cast<lua_Integer>(i + 1));
    }
    void make_and_drop() {
        new_node();
        lua_pop(lua_, 1);
    }

    Handle tree_node() {
        new_node();
        return 0;
    }
    void tree_adopt(Handle, unsigned slot, Handle) {
        lua_setiuservalue(lua_, -2, static_cast<int>(slot + 1));
    }
    void tree_drop(Handle) { lua_pop(lua_, 1); }

    void link(size_t i, unsigned slot, size_t j) {
        lua_rawgeti(lua_, 1, static_cast<lua_Integer>(i + 1));
        lua_rawgeti(lua_, 1, static_cast<lua_Integer>(j + 1));
        lua_setiuservalue(lua_, -2, static_cast<int>(slot + 1));
        lua_pop(lua_, 1);
    }

    size_t collect() {
        lua_gc(lua_, LUA_GCCOLLECT);
        return bench::kUnknown;
    }
    // Lua counts its bytes exactly, and nodes are all that changes between two calls.
    size_t live() {
        return static_cast<size_t>(std::lround((bytes() - base_bytes_) / node_bytes_));
    }
    size_t used_bytes() { return static_cast<size_t>(bytes()); }
    /// Incremental, unless the environment says otherwise.
    void automatic(bool on) {
        if (on && std::getenv("CAIRN_BENCH_GENERATIONAL") != nullptr) {
            lua_gc(lua_, LUA_GCGEN, 0, 0);
        }
        lua_gc(lua_, on ? LUA_GCRESTART : LUA_GCSTOP);
    }
    bool hold(const std::string& holder, size_t) {
        return holder == "container" || holder == "few";
    }
    void let_go() {}

  private:
    void new_node() { lua_newuserdatauv(lua_, sizeof(uint64_t), bench::kSlots); }
    double bytes() { return 1024.0 * lua_gc(lua_, LUA_GCCOUNT) + lua_gc(lua_, LUA_GCCOUNTB); }

    lua_State* lua_;
    double node_bytes_ = 0;
    double base_bytes_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::drive<Lua>(argc, argv);
}
