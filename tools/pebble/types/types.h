// SPDX-License-Identifier: MIT
/// What the builtin types offer to C++. Results are owned; nothing or false: an exception is
/// pending. "find" functions return borrowed values and NULL when there is nothing.
#ifndef PEBBLE_TYPES_TYPES_H
#define PEBBLE_TYPES_TYPES_H

#include "core/protocol.h"
#include "front/utf8.h"

namespace pebble {

// Tuples and lists.
Ref new_tuple(size_t count, Value const* items = nullptr);
Ref make_tuple(std::initializer_list<Value> items);
/// A tuple for the next result of an iterator: the one that it keeps, with what is in it, if nobody
/// else holds that, else a new one.
Ref result_tuple(Value kept);
Ref new_list(size_t count = 0, Value const* items = nullptr);
bool list_append(List* list, Value item);
bool list_extend(List* list, Value iterable);
bool list_insert(List* list, size_t at, Value item);
void list_remove_range(List* list, size_t from, size_t count);
void list_drop_items(List* list);  ///< the last one first; what they do at their death stays
bool list_sort(List* list, Value key, bool reverse);
/// The items of a list or tuple.
struct Items {
    Value* data;
    size_t count;
};
bool items_of(Value sequence, Items* out);

/// Marks an object whose repr is being made, so that a cycle ends.
class ReprGuard {
  public:
    explicit ReprGuard(Value v);
    ~ReprGuard();
    ReprGuard(const ReprGuard&) = delete;
    ReprGuard& operator=(const ReprGuard&) = delete;
    bool again() const { return again_; }  ///< it is being made already

  private:
    bool again_;
};
/// The reprs of the items, joined by commas.
bool append_items(std::string* out, Value iterable);

// Dicts. Names are interned strings.
Ref new_dict();
bool dict_find(Dict* dict, Value key, Value* out);  ///< borrowed; NULL: not there
Value dict_find_name(Dict* dict, Str* name);        ///< never raises
bool dict_set(Dict* dict, Value key, Value value);
bool dict_set_name(Dict* dict, Str* name, Value value);
bool dict_set_text(Dict* dict, const char* name, Value value);
bool dict_delete(Dict* dict, Value key, bool* found);
bool dict_delete_name(Dict* dict, Str* name);  ///< false: not there, nothing is raised
/// Makes room for so many entries more: entering names then runs no code.
bool dict_reserve(Dict* dict, size_t extra);
/// Removes an entry and hands over its value; nothing without an exception: not there.
Ref dict_pop(Dict* dict, Value key);
/// The value under a key, which is entered if it is not there.
Ref dict_setdefault(Dict* dict, Value key, Value value);
/// Removes the entry that came last, or first; false: the dict is empty. Raises nothing.
bool dict_pop_end(Dict* dict, bool last, Ref* key, Ref* value);
/// Makes an entry the last one, or the first.
bool dict_move(Dict* dict, Value key, bool last, bool* found);
/// Can a value never be part of a cycle? A tuple that is no longer tracked cannot.
bool is_atom(Value v);
/// Stops tracking a dict that holds only what can be in no cycle.
void dict_untrack(Dict* dict);
/// The next entry at or after *at; false at the end. The entry stays the dict's.
bool dict_next(const Dict* dict, size_t* at, Value* key, Value* value);
/// The entry before *at, which starts as dict->entries.count.
bool dict_previous(const Dict* dict, size_t* at, Value* key, Value* value);
enum class DictPart : unsigned char { Keys, Values, Items };
Ref dict_iterator(Value dict, DictPart part, bool backward);
bool dict_update(Dict* dict, Value other);  ///< a mapping or an iterable of pairs
Ref dict_copy(Dict* dict);
Ref dict_keys(Dict* dict);  ///< as a list
void dict_clear(Dict* dict);

/// The iterator of a builtin sequence, or of anything else by its __getitem__.
Ref new_iterator(Value sequence);
// Iterators that are boxes: a copy stands where the original stands.
Ref self_iter(Value self);
Ref iterator_copy(Value self, const Args& args);
extern const NativeDef kIteratorCopy[];
/// A class of them that programs cannot make instances of, nor derive from.
NativeClass hidden_iterator(const char* name,
                            decltype(Ops::next) next,
                            const NativeDef* methods,
                            const char* module = "builtins");

// Types made from types.
Ref type_union(Value a, Value b, BinOp);   ///< `a | b`; NotImplemented if one is no type
Ref type_alias(Value origin, Value item);  ///< `origin[item]`

// Sets.
Ref new_set(Class* cls);
bool set_add(Set* set, Value item);
bool set_contains(Set* set, Value item, bool* out);
bool set_discard(Set* set, Value item, bool* found);
bool set_update(Set* set, Value iterable);
void set_drop_all(Set* set);
Ref set_take_any(Set* set);  ///< removes an item of a set that is not empty
bool set_next(const Set* set, size_t* at, Value* item);  ///< borrowed

// Ints: int.cc (and bigint.h).
Ref new_int(int64_t n);
Ref new_int_from_unsigned(uint64_t n);
bool is_int(Value v);                            ///< bool included
Ref parse_int(std::string_view text, int base);  ///< nothing without an exception: not a number
Ref int_from_double(double value);
double int_to_double(Value v);

// Floats.
Ref new_float(double value);
Ref new_imaginary(double value);
std::string float_repr(double value);
bool parse_float(std::string_view text, double* out);

// Bytes.
Ref new_bytes(std::string_view data);

// Strings: str.cc; format specs: format.cc.
std::string quoted(std::string_view text);  ///< as repr() shows it
Ref str_join(std::string_view separator, Value iterable);
/// The bytes of characters `from` to `to`.
std::string_view str_slice(Str* str, size_t from, size_t to);

bool is_identifier(std::string_view text);
Ref format_percent(Value format, Value args);
Ref format_number(Value number, std::string_view text);
Ref format_string(std::string_view text, std::string_view spec);
/// str.format(). `mapping`: where names are looked up (str.format_map()), NULL: among the keywords.
Ref format_call(std::string_view format, const Args& args, Value mapping = nullptr);

// Slices.
struct SliceRange {
    int64_t start, stop, step;
    int64_t count;
};
Ref new_slice(Value start, Value stop, Value step);
bool slice_range(Value slice, int64_t length, SliceRange* out);
/// A key whose __index__, or those of a slice's parts, have run: after that resolving it runs no
/// code, so that it counts with the length that the sequence has then.
Ref settled_key(Value key);
/// Resolves an index, negative ones from the end; IndexError says `what`.
bool item_index(Value key, size_t length, const char* what, size_t* out);

// Functions and methods.
Ref new_function(Value code, Dict* globals);
Ref new_method(Value function, Value self);
Ref new_native(const NativeDef* def, Value self, Class* owner);
Ref new_cell(Value value);
Ref new_generator(Ref frame, Value name, Value qualname);
bool generator_close(Generator* generator);
/// Calls a native function or method with `self` given apart.
Ref call_native(const NativeDef* def, Value self, const Args& args);

// Modules.
Ref new_module(std::string_view name);
bool module_add(Module* module, const NativeDef* functions);
bool module_set(Module* module, const char* name, Value value);

// Exceptions.
Ref new_exception(Class* cls, Value argument);  ///< argument NULL: none
bool add_traceback(Frame* frame);
void print_exception(Value exception);  ///< with its traceback, to sys.stderr
std::string format_exception(Value exception);
std::string format_unchained(Value exception);  ///< without its cause and context
std::string format_traceback(Value traceback);
/// Writes to sys.stdout or sys.stderr, whatever the program has put there.
bool write_stream(Str* stream, std::string_view text);
Ref take_stop_value();  ///< takes a pending StopIteration and gives its value

// The making of the builtin classes, once, by start().
void make_object_classes();
void make_type_class();
void make_str_class();
void make_tuple_class();
void make_dict_class();
void make_native_function_classes();
void make_getset_class();
void make_int_classes();
void make_float_class();
void make_complex_class();
void make_bytes_class();
void make_bytearray_class();
void make_list_class();
void make_set_classes();
void make_dict_view_classes();
void make_constant_classes();
void make_range_classes();
void make_iterator_classes();
void make_function_classes();
void make_descriptor_classes();
void make_generator_class();
void make_module_class();
void make_namespace_class();
void make_alias_classes();
void make_exception_classes();
void make_weakref_class();
void make_file_class();

}  // namespace pebble

#endif
