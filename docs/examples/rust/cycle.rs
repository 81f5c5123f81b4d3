// SPDX-License-Identifier: MIT
//! Cairn from Rust: a cycle, a weak reference with a callback, a collection. Without a crate:
//! `rustc --edition 2021 -L FOLDER_OF_LIBCAIRN -l cairn cycle.rs`.
use std::ffi::{c_char, c_int, c_void};
use std::mem::{size_of, zeroed};
use std::ptr::{addr_of_mut, null_mut};

#[repr(C)]
struct Object {
    refcount: u32,
    flags: u32,
    of_type: *const c_void,
}

#[repr(C)]
struct Node {
    head: Object,
    next: *mut Object,
}

#[repr(C)]
struct TypeSpec {
    size: usize,
    name: *const c_char,
    flags: u32,
    object_size: u32,
    item_size: u32,
    item_count_offset: u32,
    slots_offset: u32,
    slot_count: u32,
    array_and_buffer: [u32; 6],
    functions: [*const c_void; 11],
}

// A panic must not leave it; newer compilers end the process instead.
type Callback = extern "C" fn(*mut Object, *mut Object, *mut c_void) -> c_int;

extern "C" {
    fn cairn_heap_new(options: *const c_void) -> *mut c_void;
    fn cairn_heap_free(heap: *mut c_void) -> usize;
    fn cairn_type_new(heap: *mut c_void, spec: *const TypeSpec, out: *mut *mut c_void) -> c_int;
    fn cairn_new(of_type: *mut c_void) -> *mut Object;
    fn cairn_decref(object: *mut Object);
    fn cairn_set(slot: *mut *mut Object, value: *mut Object);
    fn cairn_refcount(object: *const Object) -> u32;
    fn cairn_weakref_new(
        referent: *mut Object,
        callback: Callback,
        argument: *mut Object,
        data: *mut c_void,
    ) -> *mut Object;
    fn cairn_weakref_is_cleared(reference: *const Object) -> c_int;
    fn cairn_gc_collect(heap: *mut c_void, generation: c_int, found: *mut usize) -> c_int;
}

/// An owned reference: released when it goes out of scope.
struct Owned(*mut Object);

impl Owned {
    fn new(object: *mut Object) -> Owned {
        assert!(!object.is_null(), "memory is out");
        Owned(object)
    }
    fn next(&self) -> *mut *mut Object {
        unsafe { addr_of_mut!((*self.0.cast::<Node>()).next) }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        unsafe { cairn_decref(self.0) }
    }
}

extern "C" fn on_death(_: *mut Object, _: *mut Object, _: *mut c_void) -> c_int {
    println!("callback: the cycle is gone");
    0
}

fn main() {
    unsafe {
        let heap = cairn_heap_new(null_mut());
        let spec = TypeSpec {
            size: size_of::<TypeSpec>(),
            name: "node\0".as_ptr().cast(),
            object_size: size_of::<Node>() as u32,
            slots_offset: size_of::<Object>() as u32,
            slot_count: 1,
            ..zeroed()
        };
        let mut node_type = null_mut();
        assert_eq!(cairn_type_new(heap, &spec, &mut node_type), 0);
        let reference = {
            let a = Owned::new(cairn_new(node_type));
            let b = Owned::new(cairn_new(node_type));
            cairn_set(a.next(), b.0);
            cairn_set(b.next(), a.0);
            println!("linked: {} references to b", cairn_refcount(b.0));
            Owned::new(cairn_weakref_new(a.0, on_death, null_mut(), null_mut()))
        };
        let mut found = 0;
        assert_eq!(cairn_gc_collect(heap, 2, &mut found), 0);
        println!("unreachable: {found}");
        println!("the reference is cleared: {}", cairn_weakref_is_cleared(reference.0));
        drop(reference);
        println!("leaked: {}", cairn_heap_free(heap));
    }
}
